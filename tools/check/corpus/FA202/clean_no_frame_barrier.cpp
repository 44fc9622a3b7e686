// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <barrier>
#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  std::barrier<> sync(2);
  alloc.begin_frame();
  std::thread worker([&] {
    *alloc.frame_alloc<int>() = 1;
    sync.arrive_and_wait();
  });
  sync.arrive_and_wait();
  alloc.end_frame();
  worker.join();
}
