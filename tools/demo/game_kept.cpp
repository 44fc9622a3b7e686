// SPDX-License-Identifier: MIT OR Apache-2.0
#include "game.hpp"
#include "policy_kept.hpp"

namespace fa_demo {

std::unique_ptr<Side> make_kept_side(const Options& options, JobCrew& crew) {
  return std::make_unique<Game<KeptPolicy>>(options, crew);
}

}  // namespace fa_demo
