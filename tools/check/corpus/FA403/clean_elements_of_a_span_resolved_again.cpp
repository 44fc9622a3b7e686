// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

struct Bone {
  float angle = 0;
};
struct Joint {
  fa::Handle<Bone> handle;
  Bone* bone = nullptr;
};
float pose(fa::HandleAllocator& handles, std::span<Joint> joints) {
  for (Joint& joint : joints) joint.bone = handles.resolve(joint.handle);
  (void)handles.compact();
  float sum = 0;
  for (Joint& joint : joints) {
    joint.bone = handles.resolve(joint.handle);
    sum += joint.bone->angle;
  }
  return sum;
}
