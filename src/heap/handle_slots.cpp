// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/heap/handle_slots.hpp>

#include <mutex>
#include <new>

namespace framealloc::detail {

HandleSlots::~HandleSlots() {
  for (std::uint32_t block = 0; block < kBlocks; ++block) {
    const std::size_t count = std::size_t{1} << (block + kFirstShift);
    metadata_.deallocate(blocks_[block].load(std::memory_order_relaxed),
                         count * sizeof(HandleSlot));
  }
}

HandleSlot* HandleSlots::take() noexcept {
  for (;;) {
    {
      const std::lock_guard guard(lock_);
      if (free_ != nullptr) {
        HandleSlot* const slot = free_;
        free_ = slot->next_free;
        --free_count_;
        return slot;
      }
    }
    if (!grow(size())) return nullptr;
  }
}

// `seen` is the size at which the caller found no free slot: if it has changed, another thread was
// faster. Bookkeeping memory is asked for without the lock, since that may call the user's source.
bool HandleSlots::grow(std::uint32_t seen) noexcept {
  const std::uint32_t block = block_of(seen);
  if (block + 1 >= kBlocks) return false;
  const std::size_t count = std::size_t{1} << (block + kFirstShift);
  void* const memory = metadata_.allocate(count * sizeof(HandleSlot));
  // Another thread may have brought slots meanwhile, or there are really none.
  if (memory == nullptr) return size() != seen;
  auto* const slots = static_cast<HandleSlot*>(memory);
  {
    const std::lock_guard guard(lock_);
    if (size() == seen) {
      for (std::size_t i = count; i-- > 0;) {
        HandleSlot* const slot = ::new (slots + i) HandleSlot();
        slot->word.store(HandleSlot::word_of(first_generation_) | HandleSlot::kVacant,
                         std::memory_order_relaxed);
        slot->index = seen + static_cast<std::uint32_t>(i);
        slot->next_free = free_;
        free_ = slot;
      }
      free_count_ += count;
      blocks_[block].store(slots, std::memory_order_release);
      size_.store(seen + static_cast<std::uint32_t>(count), std::memory_order_release);
      return true;
    }
  }
  metadata_.deallocate(memory, count * sizeof(HandleSlot));
  return true;
}

void HandleSlots::retire(HandleSlot* slot) noexcept {
  const std::uint64_t word = slot->word.load(std::memory_order_relaxed);
  const std::uint32_t generation = HandleSlot::generation_of(word);
  if (generation == UINT32_MAX) {
    // The next generation would be one that old handles may still carry.
    slot->word.store(HandleSlot::kVacant, std::memory_order_release);
    const std::lock_guard guard(lock_);
    ++retired_count_;
    return;
  }
  slot->word.store(HandleSlot::word_of(generation + 1) | HandleSlot::kVacant,
                   std::memory_order_release);
  give_back(slot);
}

void HandleSlots::give_back(HandleSlot* slot) noexcept {
  const std::lock_guard guard(lock_);
  slot->next_free = free_;
  free_ = slot;
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
