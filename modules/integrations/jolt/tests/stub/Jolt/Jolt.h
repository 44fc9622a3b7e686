// SPDX-License-Identifier: MIT OR Apache-2.0
// As much of Jolt's public interface as the module uses, made for its tests. The other headers of this
// folder are where Jolt has them.
#pragma once

#include <cstddef>
#include <cstdint>

#define JPH_RVECTOR_ALIGNMENT 16

namespace JPH {

using uint = unsigned int;
using uint64 = std::uint64_t;

class Vec3 {
 public:
  Vec3() = default;
  Vec3(float x, float y, float z) : x_(x), y_(y), z_(z) {}
  [[nodiscard]] float GetX() const { return x_; }
  [[nodiscard]] float GetY() const { return y_; }
  [[nodiscard]] float GetZ() const { return z_; }

 private:
  float x_, y_, z_;
};
using RVec3Arg = Vec3;

}  // namespace JPH
