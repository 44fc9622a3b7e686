// SPDX-License-Identifier: MIT OR Apache-2.0
#include "forgetful_game.hpp"
#include "game.hpp"
#include "policy_framealloc.hpp"
#include "snapshot_game.hpp"

namespace fa_demo {

std::unique_ptr<Side> make_framealloc_side(const Options& options, JobCrew& crew) {
  if (!options.snapshots.empty() && !options.traced_child) {
    return std::make_unique<SnapshotGame>(options, crew);
  }
  return std::make_unique<Game<FrameallocPolicy>>(options, crew, options.behavior);
}

std::unique_ptr<Side> make_forgetful_side(const Options& options, JobCrew& crew) {
  return std::make_unique<ForgetfulGame>(options, crew);
}

}  // namespace fa_demo
