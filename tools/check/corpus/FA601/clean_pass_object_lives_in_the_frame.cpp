// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>

namespace fa = framealloc;

class CullPass {
 public:
  explicit CullPass(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void run(std::size_t count) {
    visible_ = alloc_.frame_alloc_batch<int>(count);
    visible_[0] = 0;
  }
  int first() const { return visible_[0]; }

 private:
  fa::SmartAlloc& alloc_;
  int* visible_ = nullptr;
};
int frame(fa::SmartAlloc& alloc) {
  const auto open = alloc.scoped_frame();
  CullPass pass(alloc);
  pass.run(32);
  return pass.first();
}
