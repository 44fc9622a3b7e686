// SPDX-License-Identifier: MIT OR Apache-2.0
#include "game.hpp"
#include "policy_framealloc.hpp"

namespace fa_demo {

std::unique_ptr<Side> make_framealloc_side(const Options& options, JobCrew& crew) {
  return std::make_unique<Game<FrameallocPolicy>>(options, crew, options.behavior);
}

}  // namespace fa_demo
