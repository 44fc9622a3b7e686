// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <thread>

namespace fa = framealloc;

void work(fa::SmartAlloc& alloc) { *alloc.frame_alloc<int>() = 1; }
std::thread start(fa::SmartAlloc& alloc) { return std::thread(work, std::ref(alloc)); }
void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::thread worker = start(alloc);
  alloc.end_frame();  // expect: FA205
  worker.join();
}
