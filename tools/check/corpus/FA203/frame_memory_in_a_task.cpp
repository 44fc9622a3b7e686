// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <future>

namespace fa = framealloc;

void run() {
  fa::AllocConfig config;
  config.enable_budgets = true;
  fa::SmartAlloc alloc(config);
  alloc.begin_frame();
  auto task = std::async(std::launch::async, [&] {  // expect: FA203
    *alloc.frame_alloc<int>() = 1;
  });
  task.get();
  alloc.end_frame();
}
