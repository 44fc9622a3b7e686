// SPDX-License-Identifier: MIT OR Apache-2.0
// A ray cast leaves its best hit in what its caller gave it; the caller's frame goes on until it has looked.
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Hit {
  int body = -1;
  float distance = 0;
};

class Scene {
 public:
  explicit Scene(fa::SmartAlloc alloc) : alloc_(alloc) {}

  int shoot(float reach) {
    const auto frame = alloc_.scoped_frame();
    const Hit* hit = nullptr;
    return cast(reach, hit) ? hit->body : -1;
  }

 private:
  bool cast(float reach, const Hit*& best) {
    Hit* const nearest = alloc_.frame_new<Hit>();
    if (nearest == nullptr || reach < 1.0f) return false;
    nearest->distance = reach;
    best = nearest;
    return true;
  }

  fa::SmartAlloc alloc_;
};

int shoot_twice(Scene& scene) { return scene.shoot(4.0f) + scene.shoot(8.0f); }
