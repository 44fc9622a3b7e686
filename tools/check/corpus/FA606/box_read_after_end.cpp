// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>

namespace fa = framealloc;

struct Label {
  std::string text;
};
std::size_t run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  fa::FrameBox<Label> label = alloc.frame_box<Label>();
  label->text = "hp";
  alloc.end_frame();
  return label->text.size();  // expect: FA606
}
