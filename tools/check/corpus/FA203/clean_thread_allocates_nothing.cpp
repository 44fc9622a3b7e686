// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <atomic>
#include <thread>

namespace fa = framealloc;

void run() {
  fa::SmartAlloc alloc(fa::AllocConfig{.enable_budgets = true});
  std::atomic<int> ticks{0};
  std::thread worker([&] { ticks.fetch_add(1); });
  worker.join();
}
