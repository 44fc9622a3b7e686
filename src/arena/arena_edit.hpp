// SPDX-License-Identifier: MIT OR Apache-2.0
// What the sources of the arena share.
#pragma once

#include <framealloc/frame_arena.hpp>

namespace framealloc {

// Brackets a change of several fields that FrameArena::view() must see whole.
class FrameArena::Edit {
 public:
  explicit Edit(FrameArena& arena) noexcept : edits_(arena.edits_) { edits_.begin_write(); }
  ~Edit() { edits_.end_write(); }
  Edit(const Edit&) = delete;
  Edit& operator=(const Edit&) = delete;

 private:
  detail::SequenceCount& edits_;
};

// In a guard mode: while it lives, a thread that ends the frame leaves the frame's memory and the
// list of its chunks alone. What that thread would have done is done when the last of these goes.
// False when it has been done already: then the frame is over. For the arena's thread.
class FrameArena::Inside {
 public:
  explicit Inside(FrameArena& arena) noexcept : Inside(arena, arena.clock()) {}
  Inside(FrameArena& arena, std::uint64_t clock) noexcept
      : arena_(arena),
        clock_(clock),
        is_(arena.frame_guard_ == nullptr || arena.go_inside(clock)) {}
  ~Inside() {
    if (arena_.frame_guard_ != nullptr && is_) arena_.come_out(clock_);
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  explicit operator bool() const noexcept { return is_; }

 private:
  FrameArena& arena_;
  std::uint64_t clock_;
  bool is_;
};

namespace detail {

// Effect: notes that the chunk's header has been written over, and ends the list before it: its
// size and its link can be trusted no more than the rest. The memory stays reserved.
FRAMEALLOC_COLD void give_up(ArenaChunk*& link, ArenaHost& host) noexcept;

// Result: whether a list of chunks goes on; one that goes on to a broken chunk ends there.
inline bool leads_on(ArenaChunk*& link, ArenaHost& host) noexcept {
  if (link == nullptr) return false;
  if (link->sound()) [[likely]]
    return true;
  give_up(link, host);
  return false;
}

}  // namespace detail
}  // namespace framealloc
