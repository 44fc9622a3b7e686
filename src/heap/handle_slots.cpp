// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/heap/handle_slots.hpp>

#include <memory>
#include <mutex>
#include <new>

namespace framealloc::detail {

HandleSlots::~HandleSlots() {
  for (std::uint32_t block = 0; block < kBlocks; ++block) {
    if (base_of(block).load(std::memory_order_relaxed) == 0) break;
    metadata_.deallocate(slots_of(block), block_bytes(block));
  }
}

std::uint32_t HandleSlots::take_free() noexcept {
  const std::lock_guard guard(lock_);
  if (free_ == kNone) return kNone;
  const std::uint32_t index = free_;
  free_ = record(index).next_free;
  --free_count_;
  return index;
}

std::uint32_t HandleSlots::take() noexcept {
  for (;;) {
    const std::uint32_t index = take_free();
    if (index != kNone || !grow(size())) return index;
  }
}

// `seen` is the size at which the caller found no free slot: if it has changed, another thread was
// faster. Bookkeeping memory is asked for without the lock, since that may call the user's source.
bool HandleSlots::grow(std::uint32_t seen) noexcept {
  const std::uint32_t block = block_of(seen);
  if (block >= kBlocks) return false;
  const std::size_t count = slots_in(block);
  void* const memory = metadata_.allocate(block_bytes(block));
  // Another thread may have added slots in the meantime, or there really are none.
  if (memory == nullptr) return size() != seen;
  auto* const slots = static_cast<HandleSlot*>(memory);
  {
    const std::lock_guard guard(lock_);
    if (size() == seen) {
      auto* const records = reinterpret_cast<HandleRecord*>(slots + count);
      auto* const walkers = reinterpret_cast<std::atomic<std::uint32_t>*>(records + count);
      std::uninitialized_value_construct_n(walkers, count / kGroup);
      for (std::size_t i = count; i-- > 0;) {
        ::new (slots + i) HandleSlot();
        slots[i].word.store(HandleSlot::word_of(first_generation_) | HandleSlot::kVacant,
                            std::memory_order_relaxed);
        ::new (records + i) HandleRecord();
        records[i].next_free = free_;
        free_ = seen + static_cast<std::uint32_t>(i);
      }
      free_count_ += count;
      record_bases_[block] =
          reinterpret_cast<std::uintptr_t>(records) - std::uintptr_t{seen} * sizeof(HandleRecord);
      walker_bases_[block] = reinterpret_cast<std::uintptr_t>(walkers) -
                             std::uintptr_t{seen / kGroup} * sizeof(std::atomic<std::uint32_t>);
      base_of(block).store(
          reinterpret_cast<std::uintptr_t>(slots) - std::uintptr_t{seen} * sizeof(HandleSlot),
          std::memory_order_release);
      size_.store(seen + static_cast<std::uint32_t>(count), std::memory_order_release);
      return true;
    }
  }
  metadata_.deallocate(memory, block_bytes(block));
  return true;
}

void HandleSlots::retire(std::uint32_t index, HandleSlot& slot, HandleRecord& record) noexcept {
  if (!vacate(slot)) {
    // The next generation would be one that old handles may still carry.
    slot.word.store(HandleSlot::kVacant, std::memory_order_release);
    const std::lock_guard guard(lock_);
    ++retired_count_;
    return;
  }
  give_back(index, record);
}

void HandleSlots::give_back(std::uint32_t index, HandleRecord& record) noexcept {
  const std::lock_guard guard(lock_);
  record.next_free = free_;
  free_ = index;
  ++free_count_;
}

std::size_t HandleSlots::free_slots() const noexcept {
  const std::lock_guard guard(lock_);
  return free_count_;
}

std::size_t HandleSlots::retired_slots() const noexcept {
  const std::lock_guard guard(lock_);
  return retired_count_;
}

}  // namespace framealloc::detail
