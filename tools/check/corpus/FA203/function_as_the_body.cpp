// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <thread>

namespace fa = framealloc;

void work(fa::SmartAlloc& alloc) { const fa::PoolBox<int> box = alloc.pool_box<int>(1); }
void run() {
  fa::SmartAlloc alloc(fa::AllocConfig{.enable_budgets = true});
  std::thread worker(work, std::ref(alloc));  // expect: FA203
  worker.join();
}
