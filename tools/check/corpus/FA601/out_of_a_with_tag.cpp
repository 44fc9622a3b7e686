// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class Terrain {
 public:
  void update(fa::SmartAlloc& alloc) {
    alloc.with_tag("terrain", [&] {
      visible_ = alloc.frame_slice<int>(16);  // expect: FA601
    });
  }
  std::span<int> visible() const { return visible_; }

 private:
  std::span<int> visible_;
};
