// SPDX-License-Identifier: MIT OR Apache-2.0
// Making objects in raw memory, and moving them from one place to another when a container grows.
#pragma once

#include <framealloc/detail/base/bytes.hpp>
#include <framealloc/relocatable.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace framealloc {

namespace detail {

// Effect: T(arguments...), or T{arguments...} for an aggregate, at `home`.
template <class T, class... A>
T* construct(void* home, A&&... arguments) noexcept(std::is_nothrow_constructible_v<T, A...>) {
  if constexpr (std::is_constructible_v<T, A...>) {
    return ::new (home) T(std::forward<A>(arguments)...);
  } else {
    return ::new (home) T{std::forward<A>(arguments)...};
  }
}

// Effect: moves `count` objects to raw memory that does not overlap them; the originals are gone.
// Requirement: where a move may throw, what it throws leaves the program without these objects.
template <class T>
void relocate(T* from, std::size_t count, T* to) noexcept {
  if constexpr (is_trivially_relocatable<T>) {
    // A null pointer is no argument for memcpy, even with nothing to copy.
    if (count != 0)
      copy_bytes(static_cast<void*>(to), static_cast<const void*>(from), count * sizeof(T));
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      ::new (static_cast<void*>(to + i)) T(std::move(from[i]));
      std::destroy_at(from + i);
    }
  }
}

// Effect: destroys the objects of [first, last), newest first, as arrays do.
template <class T>
void destroy_backwards(T* first, T* last) noexcept {
  if constexpr (!std::is_trivially_destructible_v<T>) {
    while (last != first) std::destroy_at(--last);
  }
}

}  // namespace detail
}  // namespace framealloc
