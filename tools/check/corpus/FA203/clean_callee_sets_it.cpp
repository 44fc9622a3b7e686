// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void enter(fa::SmartAlloc& alloc) { alloc.set_thread_frame_budget(1 << 16); }
void run() {
  fa::SmartAlloc alloc(fa::AllocConfig{.enable_budgets = true});
  alloc.begin_frame();
  std::thread worker([&] {
    enter(alloc);
    *alloc.frame_alloc<int>() = 1;
  });
  worker.join();
  alloc.end_frame();
}
