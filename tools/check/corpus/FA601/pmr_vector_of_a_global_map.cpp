// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <map>
#include <memory_resource>
#include <string>
#include <utility>

namespace fa = framealloc;

std::map<int, std::pmr::string> g_names;
void name(fa::SmartAlloc& alloc, int id) {
  const auto frame = alloc.scoped_frame();
  std::pmr::string text("a name too long for the small buffer", alloc.frame_resource());
  g_names.emplace(id, std::move(text));  // expect: FA601
}
