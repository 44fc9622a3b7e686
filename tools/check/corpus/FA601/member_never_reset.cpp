// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Node {
  int x, y;
};
class Walker {
 public:
  void think(fa::SmartAlloc& alloc) {
    path_ = alloc.frame_alloc_batch<Node>(32);  // expect: FA601
    path_[0] = Node{};
  }
  const Node* path() const { return path_; }

 private:
  Node* path_ = nullptr;
};
void tick(Walker& walker, fa::SmartAlloc& alloc) { walker.think(alloc); }
