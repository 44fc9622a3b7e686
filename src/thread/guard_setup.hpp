// SPDX-License-Identifier: MIT OR Apache-2.0
// Which guard mode an allocator gets.
#pragma once

#include <framealloc/config.hpp>

#include <optional>
#include <string_view>

namespace framealloc::detail {

// Result: the mode that the environment variable FRAMEALLOC_GUARD names; nothing when it is not
// set, empty, or names none. `*wish` is what it says.
[[nodiscard]] std::optional<GuardMode> guard_from_environment(std::string_view* wish) noexcept;

}  // namespace framealloc::detail
