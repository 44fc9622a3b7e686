// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run() {
  fa::SmartAlloc alloc(fa::AllocConfig{.enable_budgets = true});
  std::thread worker([&] {  // expect: FA203
    int* block = alloc.pool_alloc<int>();
    alloc.pool_free(block);
  });
  worker.join();
}
