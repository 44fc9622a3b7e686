// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>
#include <string>
#include <string_view>

namespace fa = framealloc;

struct Entry {
  std::string label;
  int priority = 0;
};
std::array<Entry, 16> g_menu;
std::size_t g_count = 0;

void add(fa::SmartAlloc& alloc, int id) {
  auto label = alloc.frame_string(24);
  label.append("item ");
  g_menu[g_count++] = Entry{std::string(label.data(), label.size()), id};
}
