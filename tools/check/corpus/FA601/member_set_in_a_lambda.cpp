// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class Scene {
 public:
  void update(fa::SmartAlloc& alloc) {
    alloc.with_tag("scene", [this](fa::SmartAlloc& a) {
      visible_ = a.frame_slice<int>(16);  // expect: FA601
    });
  }
  std::size_t size() const { return visible_.size(); }

 private:
  std::span<int> visible_;
};
std::size_t use(Scene& scene, fa::SmartAlloc& alloc) {
  scene.update(alloc);
  return scene.size();
}
