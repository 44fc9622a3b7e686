// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>

namespace fa = framealloc;

struct Decal {
  float x = 0, y = 0;
};
class Decals {
 public:
  bool frame(float x) {
    alloc_.begin_frame();
    for (auto& slot : slots_) slot = alloc_.frame_new<Decal>(Decal{x, 0});  // expect: FA601
    bool seen = false;
    for (auto* slot : slots_) seen = seen || slot->x > 0;
    for (auto& slot : slots_) {
      if (slot->y > x) break;
      slot = nullptr;
    }
    alloc_.end_frame();
    return seen;
  }

 private:
  fa::SmartAlloc alloc_;
  std::array<Decal*, 4> slots_{};
};
