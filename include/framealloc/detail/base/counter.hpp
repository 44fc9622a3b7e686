// SPDX-License-Identifier: MIT OR Apache-2.0
// A counter that one thread advances and every thread may read: no read-modify-write, no lock.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/relaxed_compare.hpp>

#include <atomic>
#include <cstdint>

namespace framealloc::detail {

// Exact for the writer; a reader sees some recent value, and the exact one once it has
// synchronized with the writer. Thread contract: one writer at a time, any readers.
class OwnedCounter {
 public:
  // add() and increment() are one instruction on x86-64, where std::atomic alone makes g++ 12 emit
  // load, add and store.
  [[nodiscard]] std::uint64_t get() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }
  FRAMEALLOC_ALWAYS_INLINE void add(std::uint64_t n) noexcept {
#if defined(__x86_64__) && defined(__GNUC__) && !FRAMEALLOC_TSAN
    asm("addq %1, %0" : "+m"(value_) : "er"(n) : "cc");
#else
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
#endif
  }
  FRAMEALLOC_ALWAYS_INLINE void sub(std::uint64_t n) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
  }
  FRAMEALLOC_ALWAYS_INLINE void increment() noexcept {
#if defined(__x86_64__) && defined(__GNUC__) && !FRAMEALLOC_TSAN
    asm("incq %0" : "+m"(value_) : : "cc");
#else
    add(1);
#endif
  }
  // Effect: the value is at least `n` from now on.
  FRAMEALLOC_ALWAYS_INLINE void raise_to(std::uint64_t n) noexcept {
    if (exceeds_relaxed(n, value_)) set(n);
  }
  void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace framealloc::detail
