// SPDX-License-Identifier: MIT OR Apache-2.0
// The place of a call in the user's source.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/type_name.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace framealloc {

/// File, line and function of a call. Pointers are to string literals of the program. Line 0 means
/// unknown. As a default argument `CallSite site = CallSite::current()` names the caller.
struct CallSite {
  const char* file = "";
  const char* function = "";
  std::uint32_t line = 0;
  const std::string_view* type = nullptr;  ///< name of the type allocated there; null if unknown

  /// Uses builtins instead of std::source_location, which Clang before 16 does not support with
  /// libstdc++; constexpr and not consteval, because older Clang would evaluate a consteval default
  /// argument where it is declared.
  [[nodiscard]] static constexpr CallSite current(const char* file = __builtin_FILE(),
                                                  const char* function = __builtin_FUNCTION(),
                                                  std::uint32_t line = __builtin_LINE()) noexcept {
    return CallSite{file, function, line, nullptr};
  }
  /// For variadic functions, where no default argument can name the caller: names at least the
  /// function and the type.
  [[nodiscard]] static constexpr CallSite of_function(const char* function) noexcept {
    return CallSite{"", function, 0, nullptr};
  }
  /// Result: the same place, allocating a T.
  template <class T>
  [[nodiscard]] constexpr CallSite of_type() const noexcept {
    return CallSite{file, function, line, &detail::type_name<T>};
  }
  [[nodiscard]] constexpr std::string_view type_name() const noexcept {
    return type == nullptr ? std::string_view() : *type;
  }
  [[nodiscard]] constexpr bool known() const noexcept { return line != 0; }
};

/// The last, defaulted parameter `Here here = CallSite::current()` of functions that are
/// overloaded: nothing but a CallSite converts to it, so `resize(5, {})` keeps meaning a value.
struct Here {
  constexpr Here(const CallSite& place) noexcept : site(place) {}
  CallSite site;
};

namespace detail {

// A value and the place of the call that gave it: for operators, which can have no defaulted
// parameters.
template <class T>
struct Placed {
  template <class U>
    requires(!std::same_as<std::remove_cvref_t<U>, Placed> && std::convertible_to<U, T>)
  constexpr Placed(U&& given, CallSite place = CallSite::current()) noexcept
      : value(std::forward<U>(given)), site(place) {}
  T value;
  CallSite site;
};

// With more arguments than this, a variadic function names only itself in reports.
inline constexpr std::size_t kMostSited = 6;

}  // namespace detail
}  // namespace framealloc

// A function that takes any arguments cannot have a defaulted one behind them. It is written once,
// with the place in front, as `name_at(site, arguments...)`; this macro gives it an overload for
// each number of arguments up to kMostSited. `define(types, parameters, arguments)` gets three
// parenthesized lists for FRAMEALLOC_LIST: the first and the last begin with a comma unless empty,
// the one in the middle ends with one.
#define FRAMEALLOC_LIST(...) __VA_ARGS__
// clang-format off
#define FRAMEALLOC_FORWARD(n) std::forward<A##n>(a##n)
#define FRAMEALLOC_FOR_EACH_ARITY(define)                                         \
  define((), (), ())                                                              \
  define((, class A1), (A1&& a1, ), (, FRAMEALLOC_FORWARD(1)))                    \
  define((, class A1, class A2), (A1&& a1, A2&& a2, ), (, FRAMEALLOC_FORWARD(1),  \
   FRAMEALLOC_FORWARD(2)))                                                        \
  define((, class A1, class A2, class A3),                                        \
         (A1&& a1, A2&& a2, A3&& a3, ),                                           \
         (, FRAMEALLOC_FORWARD(1), FRAMEALLOC_FORWARD(2), FRAMEALLOC_FORWARD(3))) \
  define((, class A1, class A2, class A3, class A4),                              \
         (A1&& a1, A2&& a2, A3&& a3, A4&& a4, ),                                  \
         (, FRAMEALLOC_FORWARD(1), FRAMEALLOC_FORWARD(2), FRAMEALLOC_FORWARD(3),  \
          FRAMEALLOC_FORWARD(4)))                                                 \
  define((, class A1, class A2, class A3, class A4, class A5),                    \
         (A1&& a1, A2&& a2, A3&& a3, A4&& a4, A5&& a5, ),                         \
         (, FRAMEALLOC_FORWARD(1), FRAMEALLOC_FORWARD(2), FRAMEALLOC_FORWARD(3),  \
          FRAMEALLOC_FORWARD(4), FRAMEALLOC_FORWARD(5)))                          \
  define((, class A1, class A2, class A3, class A4, class A5, class A6),          \
         (A1&& a1, A2&& a2, A3&& a3, A4&& a4, A5&& a5, A6&& a6, ),                \
         (, FRAMEALLOC_FORWARD(1), FRAMEALLOC_FORWARD(2), FRAMEALLOC_FORWARD(3),  \
          FRAMEALLOC_FORWARD(4), FRAMEALLOC_FORWARD(5), FRAMEALLOC_FORWARD(6)))
// clang-format on
