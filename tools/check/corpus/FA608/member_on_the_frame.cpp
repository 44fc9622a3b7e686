// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

class Mesh {
 public:
  explicit Mesh(fa::SmartAlloc& alloc) : points_(alloc.frame_resource()) {}
  std::size_t build(int count) {
    for (int i = 0; i < count; ++i) {
      points_.push_back(static_cast<float>(i));  // expect: FA608
    }
    return points_.size();
  }

 private:
  std::pmr::vector<float> points_;
};
std::size_t run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Mesh mesh(alloc);
  return mesh.build(100);
}
