// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/annotations.hpp>
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class FRAMEALLOC_PER_FRAME RenderGraph {
 public:
  explicit RenderGraph(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void add(int pass) {
    passes_ = alloc_.frame_slice<int>(4);
    passes_[0] = pass;
    last_ = alloc_.frame_new<int>(pass);
  }
  int last() const { return *last_; }

 private:
  fa::SmartAlloc& alloc_;
  std::span<int> passes_;
  int* last_ = nullptr;
};
int use(RenderGraph& graph) {
  graph.add(1);
  return graph.last();
}
