// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Target {
  int id = 0;
};
class Camera {
 public:
  void follow(Target* target) { target_ = target; }
  int id() const { return target_ != nullptr ? target_->id : 0; }

 private:
  Target* target_ = nullptr;
};
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Camera camera;
  camera.follow(alloc.frame_new<Target>());
  return camera.id();
}
