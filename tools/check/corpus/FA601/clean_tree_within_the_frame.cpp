// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Widget {
  Widget* parent = nullptr;
  Widget* first = nullptr;
  Widget* next = nullptr;
};
Widget* add(fa::SmartAlloc& alloc, Widget* parent) {
  Widget* child = alloc.frame_new<Widget>();
  child->parent = parent;
  if (parent != nullptr) {
    child->next = parent->first;
    parent->first = child;
  }
  return child;
}
int layout(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Widget* root = add(alloc, nullptr);
  Widget* row = add(alloc, root);
  add(alloc, row);
  add(alloc, row);
  int count = 0;
  for (const Widget* each = row->first; each != nullptr; each = each->next) ++count;
  return count;
}
