// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <span>
#include <vector>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, std::span<const int> steps) {
  const auto frame = alloc.scoped_frame();
  std::pmr::vector<int> stack(alloc.frame_resource());
  std::size_t deepest = 0;
  for (const int step : steps) {
    if (step > 0) stack.push_back(step);
    if (step < 0 && !stack.empty()) stack.pop_back();
    deepest = stack.size() > deepest ? stack.size() : deepest;
  }
  return deepest;
}
