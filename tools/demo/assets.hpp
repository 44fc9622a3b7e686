// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "checksum.hpp"
#include "scene.hpp"
#include "side.hpp"

namespace fa_demo {

/// Textures of the ground, one for each strip of the basin: those near the camera are wanted, and a
/// budget holds fewer than there are. The loader is a function of the strip, so that all sides
/// read the same; it takes four frames for a texture, as a disk would.
template <class Policy>
class Assets {
 public:
  static constexpr std::size_t kStrips = 96;
  static constexpr std::size_t kBytes = std::size_t{64} << 10;
  static constexpr std::size_t kBudget = 32 * kBytes;
  static constexpr std::size_t kPart = kBytes / 4;
  static constexpr float kReach = 18.0F;  ///< in meters to both sides of the camera

  explicit Assets(Policy& policy) : policy_(policy), store_(policy.store(kBudget)) {
    const auto tag = policy_.tag("game::assets");
    for (std::size_t strip = 0; strip < kBudget / kBytes; ++strip) {
      begin(strip);
      while (strips_[strip].home != nullptr) load(strip);
    }
    use_ = {};
  }

  void update(const Camera& camera, std::uint64_t frame) {
    const auto tag = policy_.tag("game::assets");
    const float per_strip = 2.0F * kHalfWidth / static_cast<float>(kStrips);
    const auto strip_at = [per_strip](float x) {
      const float strip = (x + kHalfWidth) / per_strip;
      return strip <= 0.0F ? std::size_t{0}
                           : std::min(static_cast<std::size_t>(strip), kStrips - 1);
    };
    const std::size_t last = strip_at(camera.x + kReach);
    for (std::size_t i = strip_at(camera.x - kReach); i <= last; ++i) {
      Strip& strip = strips_[i];
      if (strip.home != nullptr) continue;  // on its way
      if (const std::byte* texels = strip.id == 0 ? nullptr : store_.access(strip.id)) {
        ++use_.hits;
        seen_ += std::to_integer<std::uint64_t>(texels[frame * 64 % kBytes]);
      } else {
        begin(i);
      }
    }
    for (std::size_t i = 0; i < kStrips; ++i) {
      if (strips_[i].home != nullptr) load(i);
    }
  }

  StreamingUse use() const {
    StreamingUse use = use_;
    store_.describe(use);
    return use;
  }
  void add_to(Checksum& sum) const {
    sum.add(seen_);
    sum.add(use_.loads);
  }

 private:
  struct Strip {
    std::uint64_t id = 0;       ///< stale once the texture has been evicted
    std::byte* home = nullptr;  ///< while it is loaded
    std::size_t loaded = 0;
  };

  void begin(std::size_t index) {
    Strip& strip = strips_[index];
    strip.id = store_.reserve(kBytes);
    if (strip.id == 0) return;  // everything is wanted or on its way: again in the next frame
    strip.home = store_.begin(strip.id);
    strip.loaded = 0;
  }
  void load(std::size_t index) {
    Strip& strip = strips_[index];
    std::memset(strip.home + strip.loaded,
                static_cast<int>((index * 7 + strip.loaded / kPart) & 255), kPart);
    strip.loaded += kPart;
    store_.progress(strip.id, strip.loaded);
    if (strip.loaded != kBytes) return;
    store_.finish(strip.id);
    strip.home = nullptr;
    ++use_.loads;
  }

  Policy& policy_;
  typename Policy::Store store_;
  std::array<Strip, kStrips> strips_{};
  StreamingUse use_;
  std::uint64_t seen_ = 0;
};

}  // namespace fa_demo
