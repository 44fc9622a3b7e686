// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>
#include <vector>

namespace fa = framealloc;

struct Overlay {
  std::vector<std::string_view> lines;
};
Overlay& overlay();
void trace(fa::SmartAlloc& alloc, int value) {
  auto text = alloc.frame_string(16);
  text.push_back(static_cast<char>('0' + value % 10));
  overlay().lines.emplace_back(text.data(), text.size());  // expect: FA601
}
