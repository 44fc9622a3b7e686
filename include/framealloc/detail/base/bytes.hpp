// SPDX-License-Identifier: MIT OR Apache-2.0
// std::memcpy() and its kin without <cstring>, which costs each program that includes it ten million
// instructions of the compiler: more than all of our atomics.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstddef>

#if !defined(__GNUC__) && !defined(__clang__)
#include <cstring>
#endif

namespace framealloc::detail {

// Requirement: the two do not overlap; null only for 0 bytes.
FRAMEALLOC_ALWAYS_INLINE void copy_bytes(void* to, const void* from, std::size_t bytes) noexcept {
#if defined(__GNUC__) || defined(__clang__)
  __builtin_memcpy(to, from, bytes);
#else
  std::memcpy(to, from, bytes);
#endif
}

FRAMEALLOC_ALWAYS_INLINE void clear_bytes(void* to, std::size_t bytes) noexcept {
#if defined(__GNUC__) || defined(__clang__)
  __builtin_memset(to, 0, bytes);
#else
  std::memset(to, 0, bytes);
#endif
}

}  // namespace framealloc::detail
