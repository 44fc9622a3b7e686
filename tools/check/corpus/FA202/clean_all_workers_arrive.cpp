// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>
#include <vector>

namespace fa = framealloc;

void frame(fa::SmartAlloc& alloc, unsigned count) {
  fa::FrameBarrier barrier(count + 1);
  alloc.begin_frame();
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < count; ++i) {
    workers.emplace_back([&alloc, &barrier] {
      auto scratch = alloc.frame_slice<int>(16);
      scratch[0] = 1;
      barrier.arrive_and_wait();
    });
  }
  std::jthread idle([] {});
  barrier.arrive_and_wait();
  alloc.end_frame();
}
