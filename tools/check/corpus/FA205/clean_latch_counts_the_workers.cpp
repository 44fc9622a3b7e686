// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <latch>
#include <thread>
#include <vector>

namespace fa = framealloc;

void frame(fa::SmartAlloc& alloc) {
  std::latch done(4);
  std::vector<std::jthread> workers;
  alloc.begin_frame();
  for (int i = 0; i < 4; ++i)
    workers.emplace_back([&alloc, &done] {
      {
        auto cells = alloc.frame_slice<int>(32);
        cells[0] = 1;
      }
      done.count_down();
    });
  done.wait();
  alloc.end_frame();
}
