// SPDX-License-Identifier: MIT OR Apache-2.0
// The table behind handles: who lives in a slot, where, and how many hold it in place.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/heap/handle_type.hpp>
#include <framealloc/detail/memory/metadata.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/handle_stats.hpp>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

struct RelocateHook {
  RelocateHandler handler;
  void* context;
};

// One word says everything that has to change at once: generation (32 bits), flags (3), pins (29).
// The owner of a slot is whoever set kMoving, or kDoomed with no pins left, or took it from the
// list of free slots; only the owner writes the other members. A reader that looks at them compares
// the word before and after.
struct HandleSlot {
  static constexpr std::uint64_t kPin = 1;
  static constexpr std::uint64_t kMostPins = (std::uint64_t{1} << 29) - 1;
  static constexpr std::uint64_t kMoving = std::uint64_t{1} << 29;  // being relocated just now
  static constexpr std::uint64_t kDoomed = std::uint64_t{1} << 30;  // freed; ends with the last pin
  static constexpr std::uint64_t kVacant = std::uint64_t{1} << 31;  // holds no object
  static constexpr std::uint64_t kFlags = kMoving | kDoomed | kVacant;

  std::atomic<std::uint64_t> word{kVacant};
  std::atomic<void*> address{nullptr};
  std::atomic<const HandleType*> type{nullptr};
  RelocateHook* hook = nullptr;
  HandleSlot* next_free = nullptr;
  std::uint32_t index = 0;

  [[nodiscard]] static constexpr std::uint32_t generation_of(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word >> 32);
  }
  [[nodiscard]] static constexpr std::uint64_t word_of(std::uint32_t generation) noexcept {
    return static_cast<std::uint64_t>(generation) << 32;
  }
  // Result: whether the word is of a living object of that generation, moving or not.
  [[nodiscard]] static constexpr bool lives(std::uint64_t word, std::uint32_t generation) noexcept {
    return (word & ~(kMostPins | kMoving)) == word_of(generation);
  }
};

// Blocks of slots of doubling size that never move, so readers need no lock. Slots are made with
// generation `first_generation`; one whose generation would come round again is never used again.
// Thread contract: any thread; find() takes no lock.
class FRAMEALLOC_API HandleSlots {
 public:
  HandleSlots(Metadata& metadata, std::uint32_t first_generation) noexcept
      : metadata_(metadata), first_generation_(first_generation == 0 ? 1 : first_generation) {}
  ~HandleSlots();
  HandleSlots(const HandleSlots&) = delete;
  HandleSlots& operator=(const HandleSlots&) = delete;

  // Result: null when no such slot was made yet.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE HandleSlot* find(std::uint32_t index) const noexcept {
    const std::uint32_t block = block_of(index);
    HandleSlot* const slots = blocks_[block].load(std::memory_order_acquire);
    return slots == nullptr ? nullptr : slots + (index - first_of(block));
  }
  // Result: a vacant slot, the caller's now; null when bookkeeping memory is short.
  [[nodiscard]] HandleSlot* take() noexcept;
  // Effect: the object of the slot is gone, and every handle to it is stale. Requirement: it is the
  // caller's.
  void retire(HandleSlot* slot) noexcept;
  // Effect: takes back a slot that never got an object.
  void give_back(HandleSlot* slot) noexcept;

  // Result: slots made so far; each index below it can be found.
  [[nodiscard]] std::uint32_t size() const noexcept {
    return size_.load(std::memory_order_acquire);
  }
  [[nodiscard]] std::size_t free_slots() const noexcept;
  [[nodiscard]] std::size_t retired_slots() const noexcept;

 private:
  static constexpr unsigned kFirstShift = 8;  // the first block has 256 slots
  static constexpr std::uint32_t kBlocks = 25;

  [[nodiscard]] static constexpr std::uint32_t block_of(std::uint32_t index) noexcept {
    return static_cast<std::uint32_t>(std::bit_width((index >> kFirstShift) + 1U)) - 1U;
  }
  [[nodiscard]] static constexpr std::uint32_t first_of(std::uint32_t block) noexcept {
    return ((1U << block) - 1U) << kFirstShift;
  }
  [[nodiscard]] bool grow(std::uint32_t seen) noexcept;

  Metadata& metadata_;
  std::uint32_t first_generation_;
  std::atomic<HandleSlot*> blocks_[kBlocks] = {};
  std::atomic<std::uint32_t> size_{0};
  mutable SpinLock lock_;  // of the list of free slots
  HandleSlot* free_ = nullptr;
  std::size_t free_count_ = 0;
  std::size_t retired_count_ = 0;
};

}  // namespace framealloc::detail
