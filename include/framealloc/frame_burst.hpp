// SPDX-License-Identifier: MIT OR Apache-2.0
// A burst of frame allocations: a window of the arena, bumped with the cursor in a register.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/arena/burst_window.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/detail/base/relaxed_compare.hpp>
#include <framealloc/detail/sync/cache_line.hpp>
#include <framealloc/frame_arena.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace framealloc {

/// From SmartAlloc::frame_burst() and FrameArena::burst(), for a loop of many small allocations:
/// keep it a local variable, and its cursor stays in a register, which the arena's cannot. Other
/// allocations of the thread may come in between. Takes a new window when one is full, and returns
/// the rest when it ends. While it has a window, the whole window counts as allocated, under the
/// tag that was current when the window was taken; after a change of the tag the next call takes a
/// new one. The contents of a window are freed with it: at the end of its frame, or by a rewind to
/// before it was taken.
///
/// A burst may outlive its frame: it takes its windows from whichever frame is open when it is
/// called. With a guard mode that records every allocation, and while calls are counted, each call
/// takes the slow path. Thread contract: the arena's thread, the end of the burst included (FA210
/// otherwise).
class [[nodiscard]] FrameBurst {
 public:
  FrameBurst(FrameArena& arena, std::size_t bytes, Prefetch prefetch) noexcept
      : arena_(&arena),
        window_(arena.open_burst(bytes)),
        cursor_(window_->begin != 0 ? window_->begin : kGranule),
        ahead_(cursor_),
        prefetch_(prefetch) {}
  FrameBurst(const FrameBurst&) = delete;
  FrameBurst& operator=(const FrameBurst&) = delete;
  /// A burst that was moved from returns null.
  FrameBurst(FrameBurst&& other) noexcept
      : arena_(detail::exchange_value(other.arena_, nullptr)),
        window_(detail::exchange_value(other.window_, &detail::no_window)),
        cursor_(other.cursor_),
        ahead_(other.ahead_),
        prefetch_(other.prefetch_) {}
  FrameBurst& operator=(FrameBurst&& other) noexcept {
    if (this == &other) return *this;
    if (arena_ != nullptr) arena_->close_burst(*window_, cursor_);
    arena_ = detail::exchange_value(other.arena_, nullptr);
    window_ = detail::exchange_value(other.window_, &detail::no_window);
    cursor_ = other.cursor_;
    ahead_ = other.ahead_;
    prefetch_ = other.prefetch_;
    return *this;
  }
  ~FrameBurst() {
    if (arena_ != nullptr) arena_->close_burst(*window_, cursor_);
  }

  /// Effect: one uninitialized T. Result: as FrameArena::alloc(): null when denied, with no frame
  /// open (FA001) or when moved from.
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* alloc(CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return static_cast<T*>(bump<alignof(T)>(align_up(sizeof(T), kGranule), alignof(T), site));
  }

  /// Effect: `size` uninitialized bytes. Zero bytes are a valid request. `alignment` is a power of
  /// two; another is reported as FA011 at check level 1 and a broken requirement below it.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* alloc_bytes(
      std::size_t size, std::size_t alignment = kGranule,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    const std::size_t rounded = align_up(saturate(size == 0 ? 1 : size), kGranule);
    if constexpr (kCheckLevel >= 1) {
      if (!is_power_of_two(alignment)) {
        return arena_ == nullptr
                   ? nullptr
                   : arena_->refuse_alignment(size, alignment, site.file, site.function, site.line);
      }
    }
    return bump<0>(rounded, alignment, site);
  }

  /// Result: bytes left in the window; 0 if the next call takes a new one.
  [[nodiscard]] std::size_t remaining() const noexcept {
    const std::uintptr_t limit = window_->limit.load(std::memory_order_relaxed);
    return limit > cursor_ ? limit - cursor_ : 0;
  }

 private:
  // How far lines are fetched ahead of the cursor: what memory delivers while a few objects are
  // built.
  static constexpr std::size_t kFetchAhead = 8 * detail::kCacheLine;

  // The block is worked out from the new cursor, after the slow path too, and the old one is
  // hidden: so the loop that this is inlined into steps one register on. `Alignment` is 0 when it
  // is known only at run time.
  template <std::size_t Alignment>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* bump(std::size_t rounded, std::size_t alignment,
                                                    const CallSite& site) noexcept {
    std::uintptr_t end = cursor_;
    if constexpr (Alignment == 0 || Alignment > kGranule) {
      end = (end + alignment - 1) & (0 - alignment);
    }
    end = detail::opaque(end + rounded);
    if (detail::exceeds_relaxed(end, window_->limit)) [[unlikely]] {
      // Everything by value: a burst whose address is not taken can live in registers.
      end = arena_ == nullptr ? rounded
                              : arena_->step_burst(*window_, end - rounded, rounded, alignment,
                                                   site.file, site.function, site.line);
      ahead_ = end;
    }
    cursor_ = end;
    if (prefetch_ == Prefetch::Ahead) {
      for (const std::uintptr_t goal = end + kFetchAhead; ahead_ < goal;
           ahead_ += detail::kCacheLine) {
        detail::fetch_for_writing(reinterpret_cast<const void*>(ahead_));
      }
    }
    return reinterpret_cast<void*>(end - rounded);
  }

  FrameArena* arena_;
  detail::BurstWindow* window_;
  std::uintptr_t cursor_;
  std::uintptr_t ahead_;  // with Prefetch::Ahead: lines before it have been fetched
  Prefetch prefetch_;
};

inline FrameBurst FrameArena::burst(std::size_t bytes, Prefetch prefetch) noexcept {
  return FrameBurst(*this, bytes, prefetch);
}

}  // namespace framealloc
