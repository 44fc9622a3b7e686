// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void set_up(fa::SmartAlloc& alloc) { alloc.set_thread_pool_budget(1 << 16); }
void work(fa::SmartAlloc& alloc) {
  set_up(alloc);
  const auto box = alloc.pool_box<int>(3);
  (void)box;
}
void run() {
  fa::AllocConfig config;
  config.enable_budgets = true;
  fa::SmartAlloc alloc(config);
  std::jthread first([&alloc] { work(alloc); });
  std::jthread second(work, std::ref(alloc));
  std::jthread idle([] {});
}
