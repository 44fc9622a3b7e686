// SPDX-License-Identifier: MIT OR Apache-2.0
// Which guard mode an allocator gets.
#pragma once

#include <framealloc/config.hpp>

namespace framealloc::detail {

// Effect: `config.guard` is what the environment variable FRAMEALLOC_GUARD says, where it is set
// and not empty. Result: false, and the reason, when it says something else than a mode.
[[nodiscard]] bool choose_guard(AllocConfig& config, Error* why) noexcept;

}  // namespace framealloc::detail
