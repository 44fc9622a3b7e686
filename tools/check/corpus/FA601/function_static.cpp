// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>

namespace fa = framealloc;

std::string_view title(fa::SmartAlloc& alloc) {
  static std::string_view cached;
  fa::FrameString text = alloc.frame_string(16);
  text.append("level 1");
  cached = text.view();  // expect: FA601
  return cached;
}
