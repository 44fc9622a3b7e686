// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>

namespace fa = framealloc;

struct Line {
  std::string text;
  int row = 0;
};
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Line* line = alloc.try_frame_alloc<Line>();  // expect: FA607
  if (line == nullptr) return 0;
  std::construct_at(line);
  line->text = "long enough to be on the heap, surely";
  return line->row;
}
