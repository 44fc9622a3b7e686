// SPDX-License-Identifier: MIT OR Apache-2.0
// Making objects in raw memory, and moving them from one place to another when a container grows.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace framealloc {

// True where an object may be moved by copying its bytes and forgetting the original, which makes
// the growth of a container one memcpy. Specialise it for a type of yours that holds no pointer
// into itself and is not registered anywhere by its address. (The property is the one that P1144
// names.)
template <class T>
struct IsTriviallyRelocatable : std::bool_constant<std::is_trivially_move_constructible_v<T> &&
                                                   std::is_trivially_destructible_v<T>> {};
template <class T>
struct IsTriviallyRelocatable<std::unique_ptr<T, std::default_delete<T>>> : std::true_type {};
template <class A, class B>
struct IsTriviallyRelocatable<std::pair<A, B>>
    : std::bool_constant<IsTriviallyRelocatable<A>::value && IsTriviallyRelocatable<B>::value> {};

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
  if constexpr (IsTriviallyRelocatable<T>::value) {
    // A null pointer is no argument for memcpy, even with nothing to copy.
    if (count != 0)
      std::memcpy(static_cast<void*>(to), static_cast<const void*>(from), count * sizeof(T));
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
