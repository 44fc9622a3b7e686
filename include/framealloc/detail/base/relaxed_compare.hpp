// SPDX-License-Identifier: MIT OR Apache-2.0
// Comparing with an atomic word that is loaded relaxed: one instruction on x86-64, where g++ 12
// emits a load and a comparison. For hot paths, where that instruction shows.
#pragma once

#include <framealloc/compiler.hpp>

#include <atomic>
#include <cstdint>

namespace framealloc::detail {

// Result: whether `word` holds `value`; the compiler may take an answer that it has already.
template <class T>
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool holds_relaxed(const std::atomic<T>& word,
                                                          T value) noexcept {
  static_assert(sizeof(word) == sizeof(std::uint64_t) && std::atomic<T>::is_always_lock_free);
#if defined(__x86_64__) && defined(__GNUC__) && !FRAMEALLOC_TSAN
  bool equal;
  asm("cmpq %[value], %[word]" : "=@cce"(equal) : [value] "r"(value), [word] "m"(word));
  return equal;
#else
  return word.load(std::memory_order_relaxed) == value;
#endif
}

// Result: whether `word` holds 0. Looks at the word each time.
template <class T>
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool is_zero_relaxed(const std::atomic<T>& word) noexcept {
  static_assert(sizeof(word) == sizeof(T) && (sizeof(T) == 4 || sizeof(T) == 8));
#if defined(__x86_64__) && defined(__GNUC__) && !FRAMEALLOC_TSAN
  bool equal;
  if constexpr (sizeof(T) == 4) {
    asm volatile("cmpl $0, %[word]" : "=@cce"(equal) : [word] "m"(word));
  } else {
    asm volatile("cmpq $0, %[word]" : "=@cce"(equal) : [word] "m"(word));
  }
  return equal;
#else
  return word.load(std::memory_order_relaxed) == T{};
#endif
}

// Result: whether `value` is above what `word` holds. Looks at the word each time, in a loop too:
// another thread may change it.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool exceeds_relaxed(
    std::uintptr_t value, const std::atomic<std::uintptr_t>& word) noexcept {
#if defined(__x86_64__) && defined(__GNUC__) && !FRAMEALLOC_TSAN
  bool above;
  asm volatile("cmpq %[word], %[value]" : "=@cca"(above) : [value] "r"(value), [word] "m"(word));
  return above;
#else
  return value > word.load(std::memory_order_relaxed);
#endif
}

}  // namespace framealloc::detail
