// SPDX-License-Identifier: MIT OR Apache-2.0
// The deepest turn of the recursion empties the member and ends the frame.
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class Seen {
 public:
  void keep(fa::SmartAlloc& alloc) { nodes_ = alloc.frame_slice<int>(4).span(); }
  void drop() { nodes_ = {}; }
  int first() const { return nodes_[0]; }

 private:
  std::span<int> nodes_;
};
int visit(fa::SmartAlloc& alloc, Seen& seen, int depth) {
  if (depth == 0) {
    seen.drop();
    alloc.end_frame();
    return 0;
  }
  seen.keep(alloc);
  const int first = seen.first();
  return first + visit(alloc, seen, depth - 1);
}
int run(fa::SmartAlloc& alloc) {
  Seen seen;
  alloc.begin_frame();
  return visit(alloc, seen, 3);
}
