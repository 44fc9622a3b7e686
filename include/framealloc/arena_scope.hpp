// SPDX-License-Identifier: MIT OR Apache-2.0
// Rewinds an arena when it goes out of scope.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/frame_arena.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace framealloc {

// What the scope allocated is freed, destructors owed run; nothing happens if the frame has ended
// meanwhile. While a frame stays plain (one chunk, one tag, nothing owed, no checkpoint taken) both
// ends are a few instructions. Thread contract: the arena's thread; scopes nest.
class [[nodiscard]] FRAMEALLOC_API ArenaScope {
 public:
  FRAMEALLOC_ALWAYS_INLINE explicit ArenaScope(FrameArena& arena) noexcept
      : arena_(arena),
        start_(arena.cursor_.load(std::memory_order_relaxed)),
        clock_(arena.clock()) {
    if (!arena.plain()) [[unlikely]]
      begin_slow();
  }
  FRAMEALLOC_ALWAYS_INLINE ~ArenaScope() {
    // The limit is 0 when the frame has ended. A frame that is plain now was so at the beginning.
    if (!arena_.plain() || arena_.clock() != clock_ ||
        arena_.limit_.load(std::memory_order_relaxed) == 0) [[unlikely]] {
      end_slow();
      return;
    }
    const std::uintptr_t here = arena_.cursor_.load(std::memory_order_relaxed);
    const std::size_t position = here - arena_.origin_.load(std::memory_order_relaxed);
    if (position > arena_.peak_.load(std::memory_order_relaxed)) {
      arena_.peak_.store(position, std::memory_order_relaxed);
    }
    arena_.rewound_bytes_.add(here - start_);
    arena_.rewound_.increment();
    arena_.shape_ = FrameArena::Shape::Rewound;
    arena_.cursor_.store(start_, std::memory_order_relaxed);
  }
  ArenaScope(const ArenaScope&) = delete;
  ArenaScope& operator=(const ArenaScope&) = delete;

  [[nodiscard]] FrameArena& arena() const noexcept { return arena_; }

 private:
  FRAMEALLOC_COLD void begin_slow() noexcept;
  FRAMEALLOC_COLD void end_slow() noexcept;

  FrameArena& arena_;
  std::uintptr_t start_;
  std::uint64_t clock_;
  union {  // only when the frame was not plain at the beginning; clock_ is 0 then
    FrameCheckpoint checkpoint_;
  };
};

}  // namespace framealloc
