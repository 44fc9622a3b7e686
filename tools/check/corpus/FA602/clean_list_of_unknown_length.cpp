// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Tree {
  Tree* parent = nullptr;
  int depth = 0;
};
int depth_of(fa::SmartAlloc& alloc, const Tree* tree) {
  const fa::ScopedFrame frame = alloc.scoped_frame();
  int total = 0;
  for (const Tree* at = tree; at != nullptr; at = at->parent) {
    int* step = alloc.frame_new<int>(at->depth);
    total += *step;
  }
  return total;
}
