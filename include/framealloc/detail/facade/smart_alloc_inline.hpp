// SPDX-License-Identifier: MIT OR Apache-2.0
// Bodies of SmartAlloc's templates that are too long for the class. Included by smart_alloc.hpp.
#pragma once

#include <framealloc/smart_alloc.hpp>

namespace framealloc {

FRAMEALLOC_ALWAYS_INLINE void* SmartAlloc::frame_alloc_layout(std::size_t size,
                                                              std::size_t alignment,
                                                              CallSite site) noexcept {
  if (!is_power_of_two(alignment)) [[unlikely]]
    return refuse_alignment(size, alignment, site.file, site.function, site.line);
  return slot().arena->bump_bytes_or(
      size, alignment, [&](std::uintptr_t mask) FRAMEALLOC_INLINE_LAMBDA {
        return frame_slow_masked(size, mask, site.file, site.function, site.line);
      });
}

template <class T>
FRAMEALLOC_ALWAYS_INLINE T* SmartAlloc::pool_alloc(CallSite site) noexcept {
  if constexpr (detail::is_slab_request(sizeof(T), alignof(T))) {
    constexpr std::size_t granules = detail::granules_of(sizeof(T), alignof(T));
    void* block;
    if constexpr (alignof(T) <= kGranule) {
      block = slot().table().try_pop(granules);
    } else {
      block = slot().table().try_pop_aligned(granules, alignof(T));
    }
    if (block != nullptr) [[likely]]
      return static_cast<T*>(block);
  }
  return static_cast<T*>(
      pool_slow(sizeof(T), alignof(T), site.file, site.function, site.line, &detail::type_name<T>));
}

template <class T>
FRAMEALLOC_ALWAYS_INLINE void SmartAlloc::pool_free(T* pointer, CallSite site) noexcept {
  void* const block = const_cast<std::remove_cv_t<T>*>(pointer);
  // At check level 1 nothing may be read through the pointer before it is known to be ours.
  if constexpr (kCheckLevel == 0 && detail::is_slab_request(sizeof(T), alignof(T))) {
    if (block == nullptr) return;
    constexpr std::size_t granules = detail::granules_of(sizeof(T), alignof(T));
    if (detail::try_free_into(slot().table().by_granule[granules], block, page_mask_)) [[likely]]
      return;
    if (detail::try_free_local(block, page_mask_, os::record_word())) [[likely]]
      return;
  }
  pool_free_slow(block, sizeof(T), alignof(T), site.file, site.function, site.line);
}

namespace detail {

template <class R>
[[nodiscard]] constexpr bool speculation_succeeded(const R& result) noexcept {
  if constexpr (requires { static_cast<bool>(result); }) {
    return static_cast<bool>(result);
  } else {
    return true;
  }
}

}  // namespace detail

template <class F>
auto SmartAlloc::speculative(F&& function) {
  CheckpointGuard guard(instance_);
  const auto run = [&]() -> decltype(auto) {
    if constexpr (std::invocable<F, SmartAlloc&>) {
      return std::forward<F>(function)(*this);
    } else {
      return std::forward<F>(function)();
    }
  };
  using R = std::decay_t<decltype(run())>;
  if constexpr (std::is_void_v<R>) {
    run();
    guard.commit();
    return true;
  } else {
    Speculation<R> outcome;
    R result = run();
    if (detail::speculation_succeeded(result)) {
      guard.commit();
      outcome.value.emplace(std::move(result));
    }
    return outcome;
  }
}

}  // namespace framealloc
