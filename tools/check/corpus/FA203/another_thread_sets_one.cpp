// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  std::thread careful([&] {
    alloc.set_thread_pool_budget(4096);
    alloc.pool_free(alloc.pool_alloc<int>());
  });
  std::thread careless([&] { alloc.pool_free(alloc.pool_alloc<int>()); });  // expect: FA203
  careful.join();
  careless.join();
}
