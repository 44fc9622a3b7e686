// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <latch>
#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  std::latch done(1);
  alloc.begin_frame();
  std::jthread worker([&] {
    *alloc.frame_alloc<int>() = 1;
    done.count_down();
  });
  alloc.end_frame();  // expect: FA205
  done.wait();
}
