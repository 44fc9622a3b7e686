// SPDX-License-Identifier: MIT OR Apache-2.0
// Where in the user's source a call stands.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/type_name.hpp>

#include <cstdint>
#include <string_view>

namespace framealloc {

// File, line and function of a call. Pointers are to string literals of the program. Line 0 means
// unknown. As a default argument `CallSite site = CallSite::current()` names the caller.
struct CallSite {
  const char* file = "";
  const char* function = "";
  std::uint32_t line = 0;
  const std::string_view* type = nullptr;  // name of what is allocated there; null when unknown

  // The compiler's own words instead of std::source_location, which Clang before 16 cannot give
  // with libstdc++; constexpr and not consteval, because older Clang would evaluate a consteval
  // default argument where it is declared.
  [[nodiscard]] static constexpr CallSite current(const char* file = __builtin_FILE(),
                                                  const char* function = __builtin_FUNCTION(),
                                                  std::uint32_t line = __builtin_LINE()) noexcept {
    return CallSite{file, function, line, nullptr};
  }
  // For functions that take any arguments, where no default argument can name the caller: at least
  // which function, of which type.
  [[nodiscard]] static constexpr CallSite of_function(const char* function) noexcept {
    return CallSite{"", function, 0, nullptr};
  }
  // Result: the same place, allocating a T.
  template <class T>
  [[nodiscard]] constexpr CallSite of_type() const noexcept {
    return CallSite{file, function, line, &detail::type_name<T>};
  }
  [[nodiscard]] constexpr std::string_view type_name() const noexcept {
    return type == nullptr ? std::string_view() : *type;
  }
  [[nodiscard]] constexpr bool known() const noexcept { return line != 0; }
};

}  // namespace framealloc
