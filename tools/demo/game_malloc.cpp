// SPDX-License-Identifier: MIT OR Apache-2.0
#include "game.hpp"
#include "policy_malloc.hpp"

namespace fa_demo {

std::unique_ptr<Side> make_malloc_side(const Options& options, JobCrew& crew) {
  return std::make_unique<Game<MallocPolicy>>(options, crew);
}

}  // namespace fa_demo
