// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/heap/streaming_slots.hpp>

#include <new>

namespace framealloc::detail {

StreamSlots::StreamSlots() noexcept {
  for (std::uint32_t i = 0; i < kStreamPriorities; ++i) ends_[i].older = ends_[i].newer = kEnds + i;
}

std::uint32_t StreamSlots::take() noexcept {
  if (free_ != kNone) {
    const std::uint32_t index = free_;
    free_ = (*this)[index].newer;
    (*this)[index].newer = StreamSlot::kUnlisted;
    return index;
  }
  if (carved_ == first_of(blocks_made_)) return kNone;
  const std::uint32_t index = carved_++;
  ::new (&(*this)[index]) StreamSlot();
  ::new (static_cast<void*>(&asset(index))) StreamAsset*(nullptr);
  return index;
}

void StreamSlots::give_back(std::uint32_t index) noexcept {
  StreamSlot& slot = (*this)[index];
  asset(index) = nullptr;
  slot.memory = nullptr;
  // An id is never given out twice: a slot that has had its last generation stays unused.
  if (slot.generation == UINT32_MAX) return;
  ++slot.generation;
  slot.newer = free_;
  free_ = index;
}

std::size_t StreamSlots::next_block_bytes() const noexcept {
  return blocks_made_ == kBlocks ? 0 : block_bytes(blocks_made_);
}

void StreamSlots::add_block(void* memory) noexcept {
  blocks_[blocks_made_++] = static_cast<StreamSlot*>(memory);
}

void StreamSlots::unlink(StreamSlot& slot) noexcept {
  at(slot.older).newer = slot.newer;
  at(slot.newer).older = slot.older;
}

void StreamSlots::link_last(std::uint32_t index, StreamSlot& slot) noexcept {
  const std::uint32_t end = kEnds + static_cast<std::uint32_t>(slot.priority);
  slot.newer = end;
  slot.older = at(end).older;
  at(slot.older).newer = index;
  at(end).older = index;
}

void StreamSlots::enlist(std::uint32_t index, bool first) noexcept {
  // Also before a slot gets another asset into a list: a note never outlives the asset it is of.
  carry_out();
  StreamSlot& slot = (*this)[index];
  if (!first) return link_last(index, slot);
  const std::uint32_t end = kEnds + static_cast<std::uint32_t>(slot.priority);
  slot.older = end;
  slot.newer = at(end).newer;
  at(slot.newer).older = index;
  at(end).newer = index;
}

void StreamSlots::delist(std::uint32_t index) noexcept {
  StreamSlot& slot = (*this)[index];
  unlink(slot);
  slot.older = slot.newer = StreamSlot::kUnlisted;
}

void StreamSlots::carry_out() noexcept {
  for (std::uint32_t i = 0; i < noted_; ++i) {
    const StreamSlot& slot = (*this)[notes_[i]];
    if (slot.older == StreamSlot::kUnlisted) continue;
    detail::fetch_for_writing(&at(slot.older));
    detail::fetch_for_writing(&at(slot.newer));
  }
  for (std::uint32_t i = 0; i < noted_; ++i) {
    StreamSlot& slot = (*this)[notes_[i]];
    if (slot.older == StreamSlot::kUnlisted) continue;
    unlink(slot);
    link_last(notes_[i], slot);
  }
  noted_ = 0;
}

}  // namespace framealloc::detail
