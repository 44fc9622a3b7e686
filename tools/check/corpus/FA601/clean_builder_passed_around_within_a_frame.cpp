// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>
#include <vector>

namespace fa = framealloc;

struct DrawList {
  std::vector<std::string_view> labels;
};
void label(fa::SmartAlloc& alloc, DrawList& list, int value) {
  auto text = alloc.frame_string(16);
  text.push_back(static_cast<char>('0' + value % 10));
  list.labels.push_back(std::string_view(text.data(), text.size()));
}
int draw(const DrawList& list);
int frame(fa::SmartAlloc& alloc) {
  const auto scope = alloc.scoped_frame();
  DrawList list;
  for (int i = 0; i < 3; ++i) label(alloc, list, i);
  return draw(list);
}
