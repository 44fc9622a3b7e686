// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <string>
#include <vector>

namespace fa = framealloc;

std::size_t report(fa::SmartAlloc& alloc, const std::vector<int>& values) {
  const auto frame = alloc.scoped_frame();
  std::pmr::string text(alloc.frame_resource());
  for (const int value : values) {
    text += std::to_string(value);  // expect: FA608
    text += '\n';
  }
  return text.size();
}
