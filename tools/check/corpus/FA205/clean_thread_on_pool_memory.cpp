// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::thread worker([&] { alloc.pool_free(alloc.pool_alloc<int>()); });
  alloc.end_frame();
  worker.join();
}
