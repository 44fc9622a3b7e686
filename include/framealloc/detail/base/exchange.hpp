// SPDX-License-Identifier: MIT OR Apache-2.0
// Exchanging pointers, numbers and ids. std::exchange and std::swap ask a dozen type traits about each
// type that they are called with, which every unit that includes the headers would pay for. The names
// differ from those of std so that argument-dependent lookup never finds them instead.
#pragma once

#include <framealloc/compiler.hpp>

namespace framealloc::detail {

// Effect: stores `next` in `value`. Result: what was there.
template <class T, class U>
constexpr T exchange_value(T& value, U next) noexcept {
  const T before = value;
  value = next;
  return before;
}

template <class T>
constexpr void swap_values(T& a, T& b) noexcept {
  const T before = a;
  a = b;
  b = before;
}

}  // namespace framealloc::detail
