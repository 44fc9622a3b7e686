// SPDX-License-Identifier: MIT OR Apache-2.0
// What a user does with a block, the same on every side: write eight bytes, then let the compiler
// believe that anything may have read or changed memory, so that no store can be dropped or merged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ledger.hpp"

namespace bench {

// An object of N bytes. Alignment 8, like most structs of a game: every peer gives it for nothing.
template <std::size_t N>
struct Block {
  std::uint64_t words[N / sizeof(std::uint64_t)];
};

// The value lives in a register and `p` escapes: the compiler must do everything before this point.
inline void escape(void* p) { asm volatile("" : : "r"(p) : "memory"); }

// Hides where a pointer comes from, so that the compiler cannot know the dynamic type behind it.
template <class T>
[[nodiscard]] inline T* opaque(T* p) {
  asm("" : "+r"(p));
  return p;
}

// Timed rows: nothing is recorded, every member disappears.
struct NoProbe {
  static constexpr bool kRecords = false;
  void made(void*, std::size_t, std::size_t, std::uint64_t) {}
  void gave_back(void*) {}
  void at_peak() {}
  void round_over(bool) {}
};

// Self-check: the same source reports every object.
class LedgerProbe {
 public:
  static constexpr bool kRecords = true;
  explicit LedgerProbe(Ledger& ledger) : ledger_(ledger) {}
  void made(void* p, std::size_t size, std::size_t alignment, std::uint64_t value) {
    ledger_.made(p, size, alignment, value);
  }
  void held(void* p, std::size_t size, std::size_t alignment, std::uint64_t value) {
    std::memcpy(p, &value, sizeof value);
    ledger_.held(p, size, alignment, value);
  }
  void gave_back(void* p) { ledger_.gave_back(p); }
  void at_peak() { ledger_.at_peak(); }
  void round_over(bool resets_all) { ledger_.round_over(resets_all); }

 private:
  Ledger& ledger_;
};

template <class Probe>
[[gnu::always_inline]] inline void touch(Probe& probe, void* p, std::size_t size,
                                         std::size_t alignment, std::uint64_t value) {
  if constexpr (Probe::kRecords) {
    if (p == nullptr) return probe.made(p, size, alignment, value);
  }
  std::memcpy(p, &value, sizeof value);
  escape(p);
  probe.made(p, size, alignment, value);
}

}  // namespace bench
