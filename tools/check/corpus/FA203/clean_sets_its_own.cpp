// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run() {
  fa::SmartAlloc alloc(fa::AllocConfig{.enable_budgets = true});
  std::thread worker([&] {
    alloc.set_thread_pool_budget(4096);
    alloc.pool_free(alloc.pool_alloc<int>());
  });
  worker.join();
}
