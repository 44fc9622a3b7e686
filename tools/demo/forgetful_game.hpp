// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstdint>
#include <new>
#include <string>

#include "common/output.hpp"
#include "game.hpp"
#include "policy_framealloc.hpp"

namespace fa_demo {

/// The hardest hit of a frame, which the display wants to show for a while.
struct HardHit {
  float speed = 0.0F;
  std::uint32_t body = 0;
};

/// The game with a mistake that games make: the display remembers where something of a frame was,
/// and looks there again when the frame is over. Without a guard mode it reads whatever is there by
/// then.
class ForgetfulGame final : public Game<FrameallocPolicy> {
 public:
  ForgetfulGame(const Options& options, JobCrew& crew)
      : Game(options, crew, false, framealloc::GuardMode::Pages) {}

 protected:
  void before_release() override {
    const auto tag = policy().tag("game::hud");
    ++frames_;
    if (frames_ == 20) note();
    if (frames_ == 22) show();
  }

 private:
  void note() {
    auto* const hit = policy().allocator().frame_alloc<HardHit>();  // ends with this frame
    hit_ = new (hit) HardHit{7.5F, 42};                             // kept for the next ones
  }
  void show() {
    const volatile HardHit* const hit = hit_;
    fa_tools::complain("fa demo", "the stale hit reads " + std::to_string(hit->speed), 0);
  }

  const HardHit* hit_ = nullptr;
  int frames_ = 0;
};

}  // namespace fa_demo
