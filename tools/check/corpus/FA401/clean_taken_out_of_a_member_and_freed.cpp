// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>

namespace fa = framealloc;

struct Sprite {
  int layer = 0;
};
class Node {
 public:
  explicit Node(fa::HandleAllocator& handles) : handles_(handles) {}
  void drop() {
    handles_.free(std::exchange(sprite_, {}));
    if (sprite_) handles_.resolve(sprite_)->layer = 0;
  }
  void forget() {
    handles_.free(sprite_);
    sprite_ = {};
    if (sprite_) handles_.resolve(sprite_)->layer = 0;
  }

 private:
  fa::HandleAllocator& handles_;
  fa::Handle<Sprite> sprite_;
};
