// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <box2d/b2_body.h>
#include <box2d/b2_world.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pcg32.hpp"

namespace fa_demo {

enum class SceneKind { Pyramid, Rain, Swarm };

struct SceneInfo {
  SceneKind kind;
  std::string_view name;
  std::string_view summary;
};

/// Every scene that --scene accepts.
std::span<const SceneInfo> all_scenes() noexcept;
std::optional<SceneKind> find_scene(std::string_view name) noexcept;
std::string_view scene_name(SceneKind kind) noexcept;

/// The half width and the height of the basin that every scene plays in, in meters.
inline constexpr float kHalfWidth = 80.0F;
inline constexpr float kHeight = 90.0F;

/// What the player sees in a frame.
struct Camera {
  float x = 0.0F;
  float y = 0.0F;
  float half_width = 48.0F;
  float half_height = 30.0F;

  bool sees(float px, float py) const noexcept {
    return px > x - half_width && px < x + half_width && py > y - half_height &&
           py < y + half_height;
  }
};
Camera camera_at(std::uint64_t frame) noexcept;

/// The bodies of a scene, and what the scene does to them each frame. It has no memory policy: its
/// vectors are filled before the first frame and never grow.
class Scene {
 public:
  Scene(SceneKind kind, std::uint64_t seed, b2World& world);

  /// Applies the scene's forces and relaunches for one frame. `targets` are points that a swarm
  /// follows: x and y alternate.
  void before_step(std::uint64_t frame, std::span<const float> targets);

  /// The moving bodies; a body's user data is its index here.
  const std::vector<b2Body*>& bodies() const noexcept { return bodies_; }
  std::uint32_t index_of(b2Body& body) const noexcept {
    return static_cast<std::uint32_t>(body.GetUserData().pointer);
  }
  /// The index that the ground has.
  static constexpr std::uint32_t kGround = 0xFFFF'FFFFU;

 private:
  void build_basin();
  void build_pyramids();
  void build_rain();
  void build_swarm();
  b2Body* add_box(float x, float y, float half_width, float half_height, float density);
  b2Body* add_disc(float x, float y, float radius, float density);
  b2Body* add_body(float x, float y);

  b2World& world_;
  SceneKind kind_;
  Pcg32 rng_;
  b2Body* ground_ = nullptr;
  std::vector<b2Body*> bodies_;
  std::size_t first_bomb_ = 0;
};

}  // namespace fa_demo
