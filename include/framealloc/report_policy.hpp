// SPDX-License-Identifier: MIT OR Apache-2.0
// How bad a report must be to end the program.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace framealloc {

enum class StrictMode : std::uint8_t {
  Warn,             ///< reports only
  AbortOnError,     ///< an error prints its report and ends the program
  AbortOnWarning,   ///< so does a warning; hints never do
  FromEnvironment,  ///< as FRAMEALLOC_STRICT says when the mode is set; no mode that is in force
};

[[nodiscard]] FRAMEALLOC_API std::string_view to_string(StrictMode mode) noexcept;

/// Result: the mode that a value of FRAMEALLOC_STRICT names, in any case: 0, warn, false; 1, error,
/// true; 2, warning, all. Empty for any other text.
[[nodiscard]] FRAMEALLOC_API std::optional<StrictMode> parse_strict_mode(
    std::string_view text) noexcept;

/// Result: the mode that the environment variable FRAMEALLOC_STRICT asks for; Warn when it is not
/// set or names none. Thread contract: not while another thread changes the environment.
[[nodiscard]] FRAMEALLOC_API StrictMode strict_mode_from_environment() noexcept;

}  // namespace framealloc
