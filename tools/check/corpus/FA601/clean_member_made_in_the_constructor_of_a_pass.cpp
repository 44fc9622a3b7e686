// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class ShadowPass {
 public:
  ShadowPass(fa::SmartAlloc& alloc, std::size_t lights)
      : frame_(alloc.scoped_frame()), lights_(alloc.frame_slice<int>(lights)) {}
  void run() {
    for (int& light : lights_) light = 1;
  }

 private:
  fa::ScopedFrame frame_;
  std::span<int> lights_;
};
void frame(fa::SmartAlloc& alloc) {
  ShadowPass pass(alloc, 4);
  pass.run();
}
