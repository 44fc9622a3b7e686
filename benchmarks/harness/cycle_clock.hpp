// SPDX-License-Identifier: MIT OR Apache-2.0
// A clock for spans below a microsecond: the cycle counter where there is one, waiting for the work
// before it to be done.
#pragma once

#include <cstdint>

#include "quiet_slice.hpp"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace bench {

inline std::uint64_t ticks() {
#if defined(__x86_64__)
  unsigned core;
  const std::uint64_t now = __rdtscp(&core);
  _mm_lfence();
  return now;
#elif defined(__aarch64__)
  std::uint64_t now;
  asm volatile("isb; mrs %0, cntvct_el0" : "=r"(now) : : "memory");
  return now;
#else
  return now_ns();
#endif
}

// Result: nanoseconds per tick, measured once over 20 ms.
inline double ns_per_tick() {
  static const double ratio = [] {
    const std::uint64_t ticks_before = ticks();
    const std::uint64_t ns_before = now_ns();
    std::uint64_t ns = 0;
    while ((ns = now_ns() - ns_before) < 20'000'000) {
    }
    return static_cast<double>(ns) / static_cast<double>(ticks() - ticks_before);
  }();
  return ratio;
}

}  // namespace bench
