// SPDX-License-Identifier: MIT OR Apache-2.0
// Rewinds an arena when it goes out of scope.
#pragma once

#include <framealloc/annotations.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/relaxed_compare.hpp>
#include <framealloc/frame_arena.hpp>

#include <atomic>
#include <cstdint>

namespace framealloc {

/// Its end frees what the scope allocated and runs the destructors owed; nothing happens if the
/// frame has ended by then. While the scope only bumps (no other tag or chunk, nothing owed, no
/// checkpoint taken, no budgets) both ends are a few instructions. Thread contract: the arena's
/// thread; scopes nest.
class [[nodiscard]] FRAMEALLOC_API ArenaScope {
 public:
  FRAMEALLOC_ALWAYS_INLINE explicit ArenaScope(FrameArena& arena) noexcept
      : arena_(arena), start_{arena.cursor_.load(std::memory_order_relaxed), arena.scope_key_} {
    if (start_.key == 0) [[unlikely]]
      start_ = arena.begin_scope();
  }
  FRAMEALLOC_REWINDS FRAMEALLOC_ALWAYS_INLINE ~ArenaScope() {
    const std::uintptr_t here = arena_.cursor_.load(std::memory_order_relaxed);
    // The limit is 0 when the frame has ended.
    if (arena_.scope_key_ != start_.key || arena_.limit_.load(std::memory_order_relaxed) == 0 ||
        here < start_.cursor) [[unlikely]] {
      arena_.end_scope(start_.cursor, start_.key);
      return;
    }
    if (detail::exceeds_relaxed(here, arena_.scope_high_)) {
      arena_.scope_high_.store(here, std::memory_order_relaxed);
    }
    arena_.rewound_bytes_.add(here - start_.cursor);
    arena_.pace_.path = static_cast<FrameArena::FramePath>(
        static_cast<std::uint8_t>(arena_.pace_.path) & ~FrameArena::kNotRewound);
    arena_.cursor_.store(start_.cursor, std::memory_order_relaxed);
  }
  ArenaScope(const ArenaScope&) = delete;
  ArenaScope& operator=(const ArenaScope&) = delete;

  [[nodiscard]] FrameArena& arena() const noexcept { return arena_; }

 private:
  // The address of a scope never escapes, so that it can live in registers.
  FrameArena& arena_;
  detail::ScopeStart start_;
};

}  // namespace framealloc
