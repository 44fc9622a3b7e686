// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, const std::vector<std::string_view>& names) {
  const auto frame = alloc.scoped_frame();
  std::pmr::string all(alloc.frame_resource());
  for (const std::string_view name : names) {
    all += name;  // expect: FA608
    all += ' ';
  }
  return all.size();
}
