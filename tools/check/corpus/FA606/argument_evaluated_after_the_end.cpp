// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>
#include <string_view>

namespace fa = framealloc;

std::string_view title(fa::SmartAlloc& alloc) {
  auto text = alloc.frame_string(16);
  text.append("score");
  return {text.data(), text.size()};
}
std::string run(fa::SmartAlloc& alloc) {
  std::string_view view;
  {
    auto frame = alloc.scoped_frame();
    view = title(alloc);
  }
  return std::string(view);  // expect: FA606
}
