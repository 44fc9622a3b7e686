// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc, bool wait) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  std::thread worker([cell] { *cell = 2; });  // expect: FA201
  if (wait) worker.join();
  alloc.end_frame();
  if (worker.joinable()) worker.join();
}
