// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/heap/group_slot.hpp>

#include <mutex>
#include <new>

namespace framealloc::detail {

GroupTable::~GroupTable() {
  for (int block = 0; block < kBlocks; ++block) {
    GroupSlot* const slots = blocks_[block].load(std::memory_order_relaxed);
    if (slots != nullptr) {
      metadata_.deallocate(slots, sizeof(GroupSlot) * (std::size_t{kFirstBlock} << block));
    }
  }
}

GroupSlot* GroupTable::take() noexcept {
  GroupSlot* const slot = free_;
  if (slot != nullptr) free_ = slot->next_to_free;
  return slot;
}

void GroupTable::give(GroupSlot* slot) noexcept {
  slot->next_to_free = free_;
  free_ = slot;
}

bool GroupTable::bring() noexcept {
  const std::uint32_t first = size();
  const int block = block_of(first);
  if (block >= kBlocks) return false;
  const std::uint32_t count = kFirstBlock << block;
  void* const memory = metadata_.allocate(sizeof(GroupSlot) * count);
  {
    const std::lock_guard guard(lock_);
    if (size() == first) {
      if (memory == nullptr) return free_ != nullptr;
      auto* const slots = static_cast<GroupSlot*>(memory);
      for (std::uint32_t i = count; i > 0; --i) {
        GroupSlot* const slot = ::new (slots + (i - 1)) GroupSlot;
        slot->index = first + i - 1;
        give(slot);
      }
      blocks_[block].store(slots, std::memory_order_release);
      size_.store(first + count, std::memory_order_release);
      return true;
    }
  }
  // Another thread was faster.
  metadata_.deallocate(memory, sizeof(GroupSlot) * count);
  return true;
}

}  // namespace framealloc::detail
