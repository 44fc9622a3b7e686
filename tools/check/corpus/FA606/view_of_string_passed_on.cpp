// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>

namespace fa = framealloc;

void log(std::string_view text);
void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  fa::FrameString name = alloc.frame_string();
  name.append("boss");
  const std::string_view view = name.view();
  log(view);
  alloc.end_frame();
  log(view);  // expect: FA606
}
