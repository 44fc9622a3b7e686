// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>

#include "../support/task.hpp"

namespace fa = framealloc;

void log(std::string_view text);
Sequence<int> run(fa::SmartAlloc& alloc) {
  fa::FrameString name = alloc.frame_string(8);
  name.append("imp");
  const std::string_view view = name.view();
  co_yield 1;  // expect: FA702
  log(view);
}
