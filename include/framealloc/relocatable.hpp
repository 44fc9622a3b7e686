// SPDX-License-Identifier: MIT OR Apache-2.0
// Which objects may be moved by copying their bytes. One answer for everything that moves objects:
// containers that grow, compaction behind handles, promotion out of a frame.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace framealloc {

/// True where an object may be moved by copying its bytes and forgetting the original. Specialize
/// it for a type of yours that holds no pointer into itself and is not registered anywhere by its
/// address. (The property is the one that P1144 names.)
template <class T>
struct IsTriviallyRelocatable : std::bool_constant<std::is_trivially_move_constructible_v<T> &&
                                                   std::is_trivially_destructible_v<T>> {};

/// What the library asks. It may be specialized instead, to the same effect.
template <class T>
inline constexpr bool is_trivially_relocatable = IsTriviallyRelocatable<T>::value;

template <class T>
struct IsTriviallyRelocatable<std::unique_ptr<T, std::default_delete<T>>> : std::true_type {};
template <class A, class B>
struct IsTriviallyRelocatable<std::pair<A, B>>
    : std::bool_constant<is_trivially_relocatable<A> && is_trivially_relocatable<B>> {};

}  // namespace framealloc
