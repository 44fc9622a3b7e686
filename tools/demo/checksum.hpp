// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

namespace fa_demo {

/// An order-sensitive 64-bit digest of everything that the game computes. Both sides must reach the
/// same one; it never sees an address, since addresses are what the sides may differ in.
class Checksum {
 public:
  constexpr void add(std::uint64_t word) noexcept {
    value_ ^= word;
    value_ *= 0x9E3779B97F4A7C15ULL;
    value_ ^= value_ >> 29U;
  }
  constexpr void add(float number) noexcept {
    add(static_cast<std::uint64_t>(std::bit_cast<std::uint32_t>(number)));
  }
  constexpr void add(float x, float y) noexcept {
    add((static_cast<std::uint64_t>(std::bit_cast<std::uint32_t>(x)) << 32U) |
        std::bit_cast<std::uint32_t>(y));
  }

  constexpr std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325ULL;
};

}  // namespace fa_demo
