// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Target {
  int id = 0;
};
class Camera {
 public:
  void follow(Target* target) { target_ = target; }
  Target* target() const { return target_; }

 private:
  Target* target_ = nullptr;
};
Camera g_camera;
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Target* target = alloc.frame_new<Target>();
  g_camera.follow(target);  // expect: FA601
}
