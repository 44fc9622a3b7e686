// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Widget {
  std::vector<Widget*> children;
  int width = 0;
};
Widget* make_root() { return new Widget; }

int layout(fa::SmartAlloc& alloc) {
  Widget* root = make_root();
  alloc.begin_frame();
  Widget* label = alloc.frame_new<Widget>();
  root->children.push_back(label);  // expect: FA601
  alloc.end_frame();
  const int count = static_cast<int>(root->children.size());
  delete root;
  return count;
}
