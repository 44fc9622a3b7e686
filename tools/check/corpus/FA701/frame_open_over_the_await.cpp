// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

struct Line {
  int speaker = 0;
};
Task dialog(fa::SmartAlloc& alloc, int lines) {
  for (int i = 0; i < lines; ++i) {
    alloc.begin_frame();
    Line* line = alloc.frame_new<Line>(i);  // expect: FA701
    line->speaker = i;
    co_await tick();
    alloc.end_frame();
  }
}
