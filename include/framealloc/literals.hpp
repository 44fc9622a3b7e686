// SPDX-License-Identifier: MIT OR Apache-2.0
// Byte counts as people write them: 64_KiB, 16_MiB.
#pragma once

#include <cstddef>

namespace framealloc::literals {

[[nodiscard]] consteval std::size_t operator""_B(unsigned long long n) {
  return static_cast<std::size_t>(n);
}
[[nodiscard]] consteval std::size_t operator""_KiB(unsigned long long n) {
  return static_cast<std::size_t>(n) << 10;
}
[[nodiscard]] consteval std::size_t operator""_MiB(unsigned long long n) {
  return static_cast<std::size_t>(n) << 20;
}
[[nodiscard]] consteval std::size_t operator""_GiB(unsigned long long n) {
  return static_cast<std::size_t>(n) << 30;
}

}  // namespace framealloc::literals
