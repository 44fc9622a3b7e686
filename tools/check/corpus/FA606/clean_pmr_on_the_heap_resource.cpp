// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <string>
#include <vector>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  std::pmr::vector<std::pmr::string> names(alloc.heap_resource());
  alloc.begin_frame();
  std::pmr::string name("one two three four five six seven", alloc.frame_resource());
  names.push_back(std::move(name));
  names.emplace_back("short");
  alloc.end_frame();
  return static_cast<int>(names.front().size() + names.back().size());
}
