// SPDX-License-Identifier: MIT OR Apache-2.0
// Bodies of FrameArena that are too long for the class. Included by frame_arena.hpp.
#pragma once

#include <framealloc/detail/base/bytes.hpp>
#include <framealloc/frame_arena.hpp>

#include <bit>
#include <cstdint>

namespace framealloc {

template <class Slow>
FRAMEALLOC_ALWAYS_INLINE void* FrameArena::bump_bytes_or(
    std::size_t size, std::size_t alignment,
    Slow&& slow) noexcept(noexcept(slow(std::uintptr_t{}))) {
  const std::uintptr_t mask = 0 - alignment;
  const std::uintptr_t start = (cursor_.load(std::memory_order_relaxed) + alignment - 1) & mask;
  const std::uintptr_t end = (start + saturate(size) + kGranule - 1) & (0 - kGranule);
  if (detail::exceeds_relaxed(end, limit_)) [[unlikely]]
    return slow(mask);
  cursor_.store(end, std::memory_order_relaxed);
  return reinterpret_cast<void*>(start);
}

template <class T>
T* FrameArena::alloc_batch_quietly(std::size_t count, const CallSite& site) noexcept {
  const std::size_t rounded = align_up(saturating_bytes(count, sizeof(T)), kGranule);
  return static_cast<T*>(
      bump_or<alignof(T)>(rounded, [&] { return obtain(rounded, alignof(T), site, true); }));
}

inline std::size_t FrameArena::highest_checkpoint() const noexcept {
  if (scopes_ == nullptr || scopes_->empty()) return highest_checkpoint_;
  const std::size_t scope = scopes_->back().position();
  return scope > highest_checkpoint_ ? scope : highest_checkpoint_;
}

FRAMEALLOC_ALWAYS_INLINE void* FrameArena::alloc_bytes(std::size_t size, std::size_t alignment,
                                                       CallSite site) noexcept {
  if constexpr (kCheckLevel >= 1) {
    if (!is_power_of_two(alignment)) {
      return refuse_alignment(size, alignment, site.file, site.function, site.line);
    }
  }
  // The slow path takes the mask, so that the compiler need not keep a copy of the alignment.
  return bump_bytes_or(size, alignment, [&](std::uintptr_t mask) FRAMEALLOC_INLINE_LAMBDA {
    return alloc_slow_masked(size, mask, site.file, site.function, site.line);
  });
}

FRAMEALLOC_ALWAYS_INLINE bool FrameArena::try_extend(const void* block, std::size_t old_size,
                                                     std::size_t new_size) noexcept {
  const auto start = reinterpret_cast<std::uintptr_t>(block);
  const std::uintptr_t end = start + align_up(saturate(new_size), kGranule);
  if (start + align_up(old_size, kGranule) != cursor_.load(std::memory_order_relaxed)) {
    return false;
  }
  if (detail::exceeds_relaxed(end, limit_)) [[unlikely]] {
    return extend_slow(start, end);
  }
  cursor_.store(end, std::memory_order_relaxed);
  return true;
}

inline void FrameArena::close_windows() noexcept {
  detail::BurstWindow* window = windows_.load(std::memory_order_seq_cst);
  for (; window != nullptr; window = window->next) {
    window->limit.store(0, std::memory_order_seq_cst);
  }
}

// The pace is compared and written as one word: one instruction each, and a comparison never waits
// for two narrower writes to meet.
FRAMEALLOC_ALWAYS_INLINE bool FrameArena::begins_fast() const noexcept {
  return std::bit_cast<std::uint16_t>(pace_) == kEndedFast;
}

FRAMEALLOC_ALWAYS_INLINE bool FrameArena::ends_fast() const noexcept {
  return std::bit_cast<std::uint16_t>(pace_) == kOpenFast;
}

FRAMEALLOC_ALWAYS_INLINE void FrameArena::leave() noexcept {
  limit_.store(0, std::memory_order_relaxed);  // no burst has a window on this path
  detail::copy_bytes(static_cast<void*>(&pace_), &kEndedFast, sizeof pace_);
}

FRAMEALLOC_ALWAYS_INLINE void FrameArena::reenter(std::uint64_t clock) noexcept {
  restart(clock);
  detail::copy_bytes(static_cast<void*>(&pace_), &kOpenFast, sizeof pace_);
}

FRAMEALLOC_ALWAYS_INLINE void FrameArena::restart(std::uint64_t clock) noexcept {
  const std::uintptr_t origin = origin_.load(std::memory_order_relaxed);
  const std::size_t held = cursor_.load(std::memory_order_relaxed) - origin;
  fast_last_.set(held);
  fast_bytes_.add(held);
  fast_peak_.raise_to(held);
  cursor_.store(origin, std::memory_order_relaxed);
  clock_.store(clock, std::memory_order_relaxed);
  scope_key_ = clock;
  limit_.store(fast_end_, std::memory_order_relaxed);
}

}  // namespace framealloc
