// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>
#include <string_view>

namespace fa = framealloc;

struct Entry {
  std::string_view label;
  int priority = 0;
};
std::array<Entry, 16> g_menu;
std::size_t g_count = 0;

void add(fa::SmartAlloc& alloc, int id) {
  auto label = alloc.frame_string(24);
  label.append("item ");
  label.push_back(static_cast<char>('a' + id % 26));
  g_menu[g_count++] = Entry{label, id};  // expect: FA601
}
