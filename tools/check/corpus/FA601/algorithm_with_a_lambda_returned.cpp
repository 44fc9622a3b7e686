// SPDX-License-Identifier: MIT OR Apache-2.0
#include <algorithm>
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
struct Edge {
  int a, b;
};
const Edge* longest(fa::SmartAlloc& alloc, const int* ends, std::size_t n) {
  const auto frame = alloc.scoped_frame();
  auto edges = alloc.frame_vec<Edge>(n);
  for (std::size_t i = 0; i + 1 < n; ++i) edges.push_back(Edge{ends[i], ends[i + 1]});
  if (edges.empty()) return nullptr;
  auto it = std::max_element(edges.begin(), edges.end(),
                             [](const Edge& x, const Edge& y) { return x.b - x.a < y.b - y.a; });
  return &*it;  // expect: FA601
}
