// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace fa = framealloc;

struct Widget {
  std::function<void()> on_click;
  std::vector<Widget*> children;
};
Widget* g_root = nullptr;
void run(Widget* widget, int* state) {
  widget->on_click = [state] { ++*state; };
  if (g_root == nullptr) g_root = widget;
  g_root->children.push_back(widget);
}
