// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/frame/frame_clock.hpp>

namespace framealloc::detail {

void FrameClock::end_listed(std::uint64_t ending, FrameArena* mine) noexcept {
  SlotStack& stack = slots_in_use_[(ending >> 1) % in_flight_];
  close_listed(stack, ending);
  if (in_flight_ == 1) {
    release_listed(stack, mine);
  } else {
    release_listed(slots_in_use_[((ending >> 1) + 1) % in_flight_], mine);
  }
}

void FrameClock::close_listed(SlotStack& stack, std::uint64_t clock) noexcept {
  for (FrameSlot* slot = stack.peek(); slot != nullptr; slot = slot->next_listed) {
    if (slot->clock.load(std::memory_order_relaxed) == clock) slot->arena->close();
  }
}

void FrameClock::release_listed(SlotStack& stack, FrameArena* mine) noexcept {
  FrameSlot* slot = stack.take_all();
  while (slot != nullptr) {
    FrameSlot* next = slot->next_listed;
    const std::uint64_t clock = slot->clock.load(std::memory_order_relaxed);
    slot->listed.store(false, std::memory_order_release);
    slot->arena->release_frame(clock, slot->arena == mine);
    slot = next;
  }
}

void FrameClock::release_all() noexcept {
  for (SlotStack& stack : slots_in_use_) release_listed(stack, nullptr);
}

}  // namespace framealloc::detail
