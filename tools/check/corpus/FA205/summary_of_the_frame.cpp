// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>
#include <vector>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  std::vector<std::jthread> workers;
  alloc.begin_frame();
  workers.emplace_back([&] { *alloc.frame_alloc<int>() = 1; });
  const fa::FrameSummary summary = alloc.end_frame_with_summary();  // expect: FA205
}
