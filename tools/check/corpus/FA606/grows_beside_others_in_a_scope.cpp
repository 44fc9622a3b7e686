// SPDX-License-Identifier: MIT OR Apache-2.0
// The vector grows in the scope of each turn, where other memory is made too: it is lost, which is
// more than that it grows.
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
struct Edge {
  int a, b;
};
int weave(fa::SmartAlloc& alloc, int n) {
  fa::ScopedFrame frame = alloc.scoped_frame();
  auto edges = alloc.frame_vec<Edge>();
  edges.push_back(Edge{0, 1});
  for (int i = 0; i < n; ++i) {
    fa::FrameScope scope = alloc.frame_scope();
    int* order = scope.alloc_batch<int>(16);
    order[0] = i;
    edges.push_back(Edge{order[0], i + 1});  // expect: FA606
  }
  return edges.back().b;
}
