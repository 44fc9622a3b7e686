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
  int drop() {
    const fa::Handle<Sprite> old = std::exchange(sprite_, {});
    handles_.free(old);
    return handles_.resolve(old)->layer;  // expect: FA401
  }

 private:
  fa::HandleAllocator& handles_;
  fa::Handle<Sprite> sprite_;
};
