// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <vector>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  int total = 0;
  std::vector<std::function<void()>> jobs;
  alloc.begin_frame();
  auto cells = alloc.frame_slice<int>(3);
  jobs.emplace_back([&] { total += cells[0]; });
  jobs.emplace_back([&] { total += cells[1]; });
  for (auto& job : jobs) job();
  jobs.clear();
  alloc.end_frame();
  return total;
}
