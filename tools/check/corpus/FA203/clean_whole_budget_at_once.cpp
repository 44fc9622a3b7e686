// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run() {
  fa::SmartAlloc alloc(fa::AllocConfig{.enable_budgets = true});
  std::thread worker([&] {
    fa::ThreadBudgetConfig budget;
    alloc.set_thread_budget(budget);
    alloc.pool_free(alloc.pool_alloc<int>());
  });
  worker.join();
}
