// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
#include <set>
#include <string_view>
namespace fa = framealloc;
template <class Set, class Value>
bool remember(Set& set, const Value& value) {
  return set.insert(value).second;
}
int unique_names(fa::SmartAlloc& alloc, const char* const* names, std::size_t n) {
  std::set<std::string_view> seen;
  int unique = 0;
  for (std::size_t i = 0; i < n; ++i) {
    alloc.begin_frame();
    fa::FrameString lower = alloc.frame_string(32);
    for (const char* c = names[i]; *c != 0; ++c) lower.push_back(static_cast<char>(*c | 0x20));
    if (remember(seen, lower.view())) ++unique;  // expect: FA606
    alloc.end_frame();
  }
  return unique;
}
