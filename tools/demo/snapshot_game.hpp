// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/snapshot_emitter.hpp>

#include <chrono>
#include <cstdint>

#include "common/output.hpp"
#include "game.hpp"
#include "policy_framealloc.hpp"

namespace fa_demo {

/// The game on framealloc, writing snapshots for `fa insight`. It does so after inspected frames
/// only: those are neither timed nor counted, so that the comparison stays what it is.
class SnapshotGame final : public Game<FrameallocPolicy> {
 public:
  SnapshotGame(const Options& options, JobCrew& crew)
      : Game(options, crew, options.behavior),
        emitter_(framealloc::SnapshotConfig()
                     .with_directory(options.snapshots)
                     .with_version(framealloc::kSnapshotVersion3)
                     .with_min_interval(std::chrono::milliseconds(100))
                     .with_auto_emit(true)) {
    policy().allocator().set_thread_name("game");
  }

  MemoryReport inspect_frame() override {
    const auto began = std::chrono::steady_clock::now();
    MemoryReport report = Game::inspect_frame();
    const auto took = std::chrono::steady_clock::now() - began;
    if (emitter_.wanted()) {
      framealloc::Snapshot snapshot = policy().allocator().snapshot();
      snapshot.with_duration(static_cast<std::uint64_t>(
          std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
      if (!emitter_.emit(snapshot) && !complained_) {
        complained_ = true;
        fa_tools::complain("fa demo", "--snapshots: " + emitter_.error(), 0);
      }
    }
    return report;
  }

 private:
  framealloc::SnapshotEmitter emitter_;
  bool complained_ = false;
};

}  // namespace fa_demo
