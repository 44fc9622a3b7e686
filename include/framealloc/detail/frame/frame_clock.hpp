// SPDX-License-Identifier: MIT OR Apache-2.0
// Which frame it is, and which arenas have to be told when it ends.
#pragma once

#include <framealloc/detail/sync/mpsc_stack.hpp>
#include <framealloc/frame_arena.hpp>

#include <atomic>
#include <cstdint>

namespace framealloc::detail {

// Frames are numbered from 1. The clock is 2n+1 while frame n is open and 2n+2 once it has ended.
[[nodiscard]] constexpr bool clock_is_open(std::uint64_t clock) noexcept {
  return (clock & 1) != 0;
}
// Result: number of the open frame, or of the one that ended last; 0 before the first.
[[nodiscard]] constexpr std::uint64_t frame_of(std::uint64_t clock) noexcept {
  return clock_is_open(clock) ? clock >> 1 : (clock >> 1) - 1;
}
// Result: whether memory of frame `of` (a clock while it was open) is still valid at `now`, when
// `in_flight` frames are: until the end of the frame that is in_flight - 1 later.
[[nodiscard]] constexpr bool frame_is_valid(std::uint64_t of, std::uint64_t now,
                                            unsigned in_flight) noexcept {
  if (of == 0) return false;
  const std::uint64_t last_needed = (of >> 1) + in_flight - 1;
  return frame_of(now) < last_needed || (frame_of(now) == last_needed && clock_is_open(now));
}

// The shared frame of one allocator. begin() and end() are called by one thread at a time (the
// driving thread); list() and now() by any thread.
class FrameClock {
 public:
  explicit FrameClock(unsigned frames_in_flight) noexcept : in_flight_(frames_in_flight) {}

  [[nodiscard]] std::uint64_t now() const noexcept {
    return clock_.load(std::memory_order_seq_cst);
  }
  [[nodiscard]] const std::atomic<std::uint64_t>& value() const noexcept { return clock_; }
  [[nodiscard]] bool open() const noexcept { return clock_is_open(now()); }
  [[nodiscard]] unsigned in_flight() const noexcept { return in_flight_; }

  // Requirement: no frame is open. Result: the clock of the frame that begin() will open.
  [[nodiscard]] std::uint64_t next() const noexcept {
    return clock_.load(std::memory_order_relaxed) + 1;
  }
  // Requirement: no frame is open. Result: the clock of the frame that begins.
  std::uint64_t begin() noexcept {
    const std::uint64_t clock = clock_.load(std::memory_order_relaxed) + 1;
    clock_.store(clock, std::memory_order_release);
    return clock;
  }
  // Requirement: a frame is open. Effect: every arena in the frame takes its slow path from now on.
  // Destructors of the frame whose memory stops being valid run on this thread; `mine` is its
  // arena, null when it has none.
  void end(FrameArena* mine) noexcept {
    const std::uint64_t ending = clock_.load(std::memory_order_relaxed);
    // The clock is stored first; then the list and its slots are read, and the limits stored. An
    // arena that concurrently lists its slot, enters the frame or publishes its limit reads the
    // clock again after that (FrameArena::publish_limit). All of it is in the one seq_cst order, so
    // one of the two sees the other.
    clock_.store(ending + 1, std::memory_order_seq_cst);
    if (in_flight_ != 1 || !slots_in_use_[0].empty()) end_listed(ending, mine);
  }
  // The same with one frame in flight. Result: false when end_others() is yet to be called.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool end_alone() noexcept {
    const std::uint64_t ending = clock_.load(std::memory_order_relaxed);
    clock_.store(ending + 1, std::memory_order_seq_cst);
    return slots_in_use_[0].empty();
  }
  void end_others(FrameArena* mine) noexcept {
    end_listed(clock_.load(std::memory_order_relaxed) - 1, mine);
  }

  // Effect: `slot` will be told when frame `clock` ends. Called by the arena's thread right before
  // it enters the frame; once per frame is enough.
  void list(FrameSlot& slot, std::uint64_t clock) noexcept {
    // Acquire: the thread that took the slot off a list has read its link before it is rewritten.
    if (slot.listed.load(std::memory_order_acquire)) return;
    slot.listed.store(true, std::memory_order_relaxed);
    slots_in_use_[(clock >> 1) % in_flight_].push(&slot);
  }
  // Effect: takes every slot off the lists, at the allocator's end; destructors owed run.
  void release_all() noexcept;

 private:
  using SlotStack = MpscStack<FrameSlot, &FrameSlot::next_listed>;
  void end_listed(std::uint64_t ending, FrameArena* mine) noexcept;
  void close_listed(SlotStack& stack, std::uint64_t clock) noexcept;
  // `clock`: the frame whose memory stops being valid; 0 for whatever a slot was used for last.
  void release_listed(SlotStack& stack, std::uint64_t clock, FrameArena* mine) noexcept;

  std::atomic<std::uint64_t> clock_{2};
  unsigned in_flight_;
  SlotStack slots_in_use_[4];
};

}  // namespace framealloc::detail
