// SPDX-License-Identifier: MIT OR Apache-2.0
// new_object() on the pool's, and bytes of the frame's inside the frame.
#include <framealloc/framealloc.hpp>
#include <memory_resource>
namespace fa = framealloc;
struct Light {
  float color[3];
  int kind;
};
int light(fa::SmartAlloc& alloc) {
  std::pmr::polymorphic_allocator<> memory(alloc.pool_resource());
  alloc.begin_frame();
  Light* sun = memory.new_object<Light>();
  auto* kinds = static_cast<int*>(alloc.frame_resource()->allocate(64, 8));
  kinds[0] = 3;
  sun->kind = kinds[0];
  alloc.end_frame();
  const int kind = sun->kind;
  memory.delete_object(sun);
  return kind;
}
