// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <vector>

namespace fa = framealloc;

class Sprite {
 public:
  void dress(fa::SmartAlloc& alloc, int corners) {
    corners_ = corners;
    outline_ = alloc.frame_alloc_batch<float>(8);
  }
  bool is_far() const { return corners_ > 6; }
  void undress() { outline_ = nullptr; }

 private:
  float* outline_ = nullptr;
  int corners_ = 0;
};
class Stage {
 public:
  void draw() {
    alloc_.begin_frame();
    for (Sprite& sprite : sprites_) sprite.dress(alloc_, 4);
    for (std::size_t i = 0; i < sprites_.size(); ++i) {
      sprites_[i].undress();
    }
    alloc_.end_frame();
  }

 private:
  fa::SmartAlloc alloc_;
  std::vector<Sprite> sprites_ = std::vector<Sprite>(5);
};
