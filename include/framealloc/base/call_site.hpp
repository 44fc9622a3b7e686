// SPDX-License-Identifier: MIT OR Apache-2.0
// Where in the user's source a call stands.
#pragma once

#include <framealloc/base/compiler.hpp>

#include <cstdint>
#include <source_location>

namespace framealloc {

// File, line and function of a call. Pointers are to string literals of the program. Line 0 means
// unknown. As a default argument `CallSite site = CallSite::current()` names the caller.
struct CallSite {
  const char* file = "";
  const char* function = "";
  std::uint32_t line = 0;

  [[nodiscard]] static consteval CallSite current(
      std::source_location where = std::source_location::current()) noexcept {
    return CallSite{where.file_name(), where.function_name(), where.line()};
  }
  [[nodiscard]] constexpr bool known() const noexcept { return line != 0; }
};

}  // namespace framealloc
