// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <string>
#include <utility>
#include <vector>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc) {
  std::pmr::vector<std::pmr::string> names(std::pmr::new_delete_resource());
  names.reserve(4);
  alloc.begin_frame();
  {
    std::pmr::string name("a name too long for the small buffer", alloc.frame_resource());
    names.push_back(std::move(name));
  }
  alloc.end_frame();
  return names.front().size();
}
