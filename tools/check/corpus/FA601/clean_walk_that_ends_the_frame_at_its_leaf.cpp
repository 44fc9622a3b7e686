// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <utility>

namespace fa = framealloc;

class Seen {
 public:
  void keep(fa::SmartAlloc& alloc) { nodes_ = alloc.frame_slice<int>(4).span(); }
  std::size_t drop() { return std::exchange(nodes_, {}).size(); }

 private:
  std::span<int> nodes_;
};
std::size_t visit(fa::SmartAlloc& alloc, Seen& seen, int depth);
void finish(fa::SmartAlloc& alloc) { alloc.end_frame(); }
std::size_t descend(fa::SmartAlloc& alloc, Seen& seen, int depth) {
  seen.keep(alloc);
  const std::size_t count = seen.drop();
  if (depth > 0) return count + visit(alloc, seen, depth - 1);
  finish(alloc);
  return count;
}
std::size_t visit(fa::SmartAlloc& alloc, Seen& seen, int depth) {
  seen.keep(alloc);
  const std::size_t count = seen.drop();
  return count + descend(alloc, seen, depth);
}
std::size_t run(fa::SmartAlloc& alloc, Seen& seen, int depth) {
  alloc.begin_frame();
  return visit(alloc, seen, depth);
}
