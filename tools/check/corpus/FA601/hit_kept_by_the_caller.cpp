// SPDX-License-Identifier: MIT OR Apache-2.0
// A ray cast leaves its best hit in a member that its caller gave it, and that stays when the frame is over.
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Hit {
  int body = -1;
  float distance = 0;
};

class Scene {
 public:
  explicit Scene(fa::SmartAlloc alloc) : alloc_(alloc) {}

  bool shoot(float reach) {
    const auto frame = alloc_.scoped_frame();
    return cast(reach, last_);
  }
  bool has_hit() const { return last_ != nullptr; }

 private:
  bool cast(float reach, const Hit*& best) {
    Hit* const nearest = alloc_.frame_new<Hit>();
    if (nearest == nullptr || reach < 1.0f) return false;
    nearest->distance = reach;
    best = nearest;  // expect: FA601
    return true;
  }

  fa::SmartAlloc alloc_;
  const Hit* last_ = nullptr;
};

bool shoot_twice(Scene& scene) { return scene.shoot(4.0f) && scene.shoot(8.0f) && scene.has_hit(); }
