// SPDX-License-Identifier: MIT OR Apache-2.0
// What one can allocate from a scratch pool: the same on the pool, on a handle and on a borrow.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/account/denial.hpp>
#include <framealloc/detail/arena/finalizer.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace framealloc::detail {

// `Self` says where from: usable(report) is the ScratchPool, or null, and then the reason has been
// reported if it was asked for.
//
// Everything here answers null (an empty span) when it is denied, and reports why: FA021 for a
// fixed pool that is full, FA310, FA311 for limits and budgets, FA012 for a dry source, FA011 for
// an impossible size or alignment. The try_ variants do the same and report nothing. What they hand
// out is valid until the pool is reset, rewound past it, or ends.
template <class Self>
class ScratchMembers {
 public:
  // Effect: one uninitialized T.
  template <class T>
  [[nodiscard]] T* alloc(CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return static_cast<T*>(take(sizeof(T), alignof(T), true, site));
  }
  template <class T>
  [[nodiscard]] T* try_alloc() noexcept FRAMEALLOC_LIFETIMEBOUND {
    return static_cast<T*>(take(sizeof(T), alignof(T), false, CallSite{}));
  }
  // Effect: `size` uninitialized bytes; zero bytes are a valid request with a distinct address.
  // Requirement: `alignment` a power of two.
  [[nodiscard]] void* alloc_bytes(std::size_t size, std::size_t alignment = kGranule,
                                  CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return take(size, alignment, true, site);
  }
  [[nodiscard]] void* try_alloc_bytes(std::size_t size, std::size_t alignment = kGranule) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return take(size, alignment, false, CallSite{});
  }
  [[nodiscard]] void* alloc_layout(std::size_t size, std::size_t alignment,
                                   CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return take(size, alignment, true, site);
  }
  // Effect: `count` value-initialized T in a row; their destructors run, if they do anything, as
  // those of make() do. Result: an empty span at null when denied.
  template <class T>
  [[nodiscard]] std::span<T> alloc_slice(std::size_t count, CallSite site = CallSite::current())
      FRAMEALLOC_LIFETIMEBOUND {
    return slice<T>(count, true, site);
  }
  template <class T>
  [[nodiscard]] std::span<T> try_alloc_slice(std::size_t count) FRAMEALLOC_LIFETIMEBOUND {
    return slice<T>(count, false, CallSite{});
  }
  // Effect: T(arguments...). If its destructor does anything, it runs when the pool is reset,
  // rewound past the object, or ends: newest first.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                             \
  template <class T FRAMEALLOC_LIST types>                                          \
  [[nodiscard]] T* make(FRAMEALLOC_LIST parameters Here here = CallSite::current()) \
      FRAMEALLOC_LIFETIMEBOUND {                                                    \
    return build<T>(true, here.site, nullptr FRAMEALLOC_LIST arguments);            \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > kMostSited)
  [[nodiscard]] T* make(A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return build<T>(true, CallSite::of_function(FRAMEALLOC_FUNCTION), nullptr,
                    std::forward<A>(arguments)...);
  }
  // The same, where reports name `site`.
  template <class T, class... A>
  [[nodiscard]] T* make_at(const CallSite& site, A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return build<T>(true, site, nullptr, std::forward<A>(arguments)...);
  }
  // For the library. The same, and `why` is set when it is denied.
  template <class T, class... A>
  [[nodiscard]] T* make_or_tell(Denial& why, const CallSite& site,
                                A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return build<T>(true, site, &why, std::forward<A>(arguments)...);
  }
  template <class T, class... A>
  [[nodiscard]] T* try_make(A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return build<T>(false, CallSite{}, nullptr, std::forward<A>(arguments)...);
  }

 protected:
  ScratchMembers() = default;
  ~ScratchMembers() = default;
  ScratchMembers(const ScratchMembers&) = default;
  ScratchMembers& operator=(const ScratchMembers&) = default;

 private:
  // The record of the destructor stands in front of its objects.
  template <class T>
  static constexpr std::size_t kFront =
      std::is_trivially_destructible_v<T>
          ? 0
          : align_up(sizeof(Finalizer), alignof(T) > kGranule ? alignof(T) : kGranule);

  [[nodiscard]] auto* usable(bool report) noexcept {
    return static_cast<Self*>(this)->usable_pool(report);
  }
  [[nodiscard]] void* take(std::size_t size, std::size_t alignment, bool report,
                           const CallSite& site) noexcept {
    auto* const pool = usable(report);
    return pool == nullptr ? nullptr : pool->bump(size, alignment, report, site);
  }

  template <class T, class... A>
  [[nodiscard]] T* build(bool report, const CallSite& site, Denial* why, A&&... arguments) {
    static_assert(std::is_object_v<T> && !std::is_array_v<T>);
    auto* const pool = usable(report);
    if (pool == nullptr) {
      Denial::store(why, {Code::FA401});
      return nullptr;
    }
    auto* const home = static_cast<std::byte*>(pool->bump(
        kFront<T> + sizeof(T), alignof(T) > kGranule ? alignof(T) : kGranule, report, site, why));
    if (home == nullptr) return nullptr;
    T* object = nullptr;
    if constexpr (std::is_constructible_v<T, A...>) {
      object = ::new (static_cast<void*>(home + kFront<T>)) T(std::forward<A>(arguments)...);
    } else {
      object = ::new (static_cast<void*>(home + kFront<T>)) T{std::forward<A>(arguments)...};
    }
    if constexpr (kFront<T> != 0) pool->arm(home, &destroy_objects<T>, object, 1);
    return object;
  }

  template <class T>
  [[nodiscard]] std::span<T> slice(std::size_t count, bool report, const CallSite& site) {
    static_assert(std::is_object_v<T> && !std::is_array_v<T>);
    auto* const pool = usable(report);
    if (pool == nullptr) return {};
    const std::size_t bytes = saturating_bytes(count, sizeof(T));
    auto* const home = static_cast<std::byte*>(
        pool->bump(bytes > kMaxRequest ? bytes : kFront<T> + bytes,
                   alignof(T) > kGranule ? alignof(T) : kGranule, report, site));
    if (home == nullptr) return {};
    T* const first = reinterpret_cast<T*>(home + kFront<T>);
    std::uninitialized_value_construct_n(first, count);
    if constexpr (kFront<T> != 0) pool->arm(home, &destroy_objects<T>, first, count);
    return {first, count};
  }
};

}  // namespace framealloc::detail
