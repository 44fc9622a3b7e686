// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  alloc.set_thread_frame_budget(1 << 20);
  std::thread worker([&] { alloc.pool_free(alloc.pool_alloc<int>()); });  // expect: FA203
  worker.join();
}
