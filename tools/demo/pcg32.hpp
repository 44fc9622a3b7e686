// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstdint>

namespace fa_demo {

/// Random numbers that are the same on every machine and in every run: the scene must not depend on
/// the standard library's distributions, which each implementation may define as it likes.
///
/// The generator is O'Neill's PCG-XSH-RR 64/32 ("PCG: A Family of Simple Fast Space-Efficient
/// Statistically Good Algorithms for Random Number Generation", 2014).
/// Thread contract: one thread at a time; every chunk of work owns a generator of its own.
class Pcg32 {
 public:
  explicit constexpr Pcg32(std::uint64_t seed, std::uint64_t stream = 1) noexcept
      : increment_((stream << 1U) | 1U) {
    next();
    state_ += seed;
    next();
  }

  constexpr std::uint32_t next() noexcept {
    const std::uint64_t old = state_;
    state_ = old * 6364136223846793005ULL + increment_;
    const auto shifted = static_cast<std::uint32_t>(((old >> 18U) ^ old) >> 27U);
    const auto turn = static_cast<std::uint32_t>(old >> 59U);
    return (shifted >> turn) | (shifted << ((32U - turn) & 31U));
  }

  /// A number in [0, bound); 0 when bound is 0. The small bias of the multiplication does not
  /// matter here: nothing is drawn that anybody would bet on.
  constexpr std::uint32_t below(std::uint32_t bound) noexcept {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(next()) * bound) >> 32U);
  }

  /// A number in [low, high), from 24 random bits: every one of them is exact in a float.
  constexpr float between(float low, float high) noexcept {
    const float unit = static_cast<float>(next() >> 8U) * (1.0F / 16777216.0F);
    return low + (high - low) * unit;
  }

 private:
  std::uint64_t state_ = 0;
  std::uint64_t increment_;
};

}  // namespace fa_demo
