// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <span>

namespace fa = framealloc;

struct View {
  std::span<int> items;
};
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto view = std::make_unique<View>();
  view->items = alloc.frame_slice<int>(4).span();
  alloc.end_frame();
  return view->items[0];  // expect: FA606
}
