// SPDX-License-Identifier: MIT OR Apache-2.0
// new_object() on the frame's resource.
#include <framealloc/framealloc.hpp>
#include <memory_resource>
namespace fa = framealloc;
struct Light {
  float color[3];
  int kind;
};
int light(fa::SmartAlloc& alloc) {
  std::pmr::polymorphic_allocator<> memory(alloc.frame_resource());
  alloc.begin_frame();
  Light* sun = memory.new_object<Light>();
  sun->kind = 3;
  alloc.end_frame();
  return sun->kind;  // expect: FA606
}
