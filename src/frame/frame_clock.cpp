// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/frame/frame_clock.hpp>

namespace framealloc::detail {

void FrameClock::end_listed(std::uint64_t ending, FrameArena* mine) noexcept {
  SlotStack& stack = slots_in_use_[(ending >> 1) % in_flight_];
  close_listed(stack, ending);
  if (in_flight_ == 1) {
    release_listed(stack, ending, mine);
  } else {
    const std::uint64_t last = ending - 2 * (in_flight_ - 1);
    release_listed(slots_in_use_[((ending >> 1) + 1) % in_flight_], last, mine);
  }
}

void FrameClock::close_listed(SlotStack& stack, std::uint64_t clock) noexcept {
  for (FrameSlot* slot = stack.peek(); slot != nullptr; slot = slot->next_listed) {
    if (slot->clock.load(std::memory_order_seq_cst) == clock) slot->arena->close();
  }
}

// A slot whose clock is another is one whose arena was about to enter the frame when that ended: it
// is the arena's thread that releases what it finds there; no other thread may touch it now.
void FrameClock::release_listed(SlotStack& stack, std::uint64_t clock, FrameArena* mine) noexcept {
  FrameSlot* slot = stack.take_all();
  while (slot != nullptr) {
    FrameSlot* next = slot->next_listed;
    const std::uint64_t used = slot->clock.load(std::memory_order_seq_cst);
    if (clock == 0 || used == clock) slot->arena->release_frame(used, slot->arena == mine);
    slot->listed.store(false, std::memory_order_release);  // last: others may give the chunks back
    slot = next;
  }
}

void FrameClock::release_all() noexcept {
  for (SlotStack& stack : slots_in_use_) release_listed(stack, 0, nullptr);
}

}  // namespace framealloc::detail
