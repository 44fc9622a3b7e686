// SPDX-License-Identifier: MIT OR Apache-2.0
// The table behind handles: which object is in a slot, its address, and how many pins hold it.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/atomic_pointer.hpp>
#include <framealloc/detail/heap/handle_type.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/handle_stats.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

struct RelocateHook {
  RelocateHandler handler;
  void* context;
};

// The part of a slot that a lookup needs, four to a cache line. One word holds everything that must
// change together: generation (32 bits), flags (3), pins (29). The owner of a slot is the thread
// that set kMoving or took it from the list of free slots; only the owner writes the other members.
// A reader of those compares the word before and after.
struct HandleSlot {
  static constexpr std::uint64_t kPin = 1;
  static constexpr std::uint64_t kMostPins = (std::uint64_t{1} << 29) - 1;
  // Being relocated now; with kDoomed: being destroyed.
  static constexpr std::uint64_t kMoving = std::uint64_t{1} << 29;
  static constexpr std::uint64_t kDoomed = std::uint64_t{1} << 30;  // freed; ends with the last pin
  static constexpr std::uint64_t kVacant = std::uint64_t{1} << 31;  // holds no object
  static constexpr std::uint64_t kFlags = kMoving | kDoomed | kVacant;

  std::atomic<std::uint64_t> word{kVacant};
  // The object's address, exclusive-or the mark of its type: one comparison then detects a handle
  // of another type, almost certainly. The record is certain.
  std::atomic<std::uintptr_t> target{0};

  [[nodiscard]] void* address(const HandleType& type) const noexcept {
    return reinterpret_cast<void*>(target.load(std::memory_order_acquire) ^ type.mark);
  }
  void set_address(void* object, const HandleType& type) noexcept {
    target.store(reinterpret_cast<std::uintptr_t>(object) ^ type.mark, std::memory_order_release);
  }
  [[nodiscard]] static constexpr std::uint32_t generation_of(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word >> 32);
  }
  [[nodiscard]] static constexpr std::uint64_t word_of(std::uint32_t generation) noexcept {
    return static_cast<std::uint64_t>(generation) << 32;
  }
  // Result: whether the slot has the live object of that id, which is not being moved. Pins are below
  // the flags of a word, and so is every index of a slot, which makes it one comparison.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool is_of(GenerationalId id) const noexcept {
    // The generation has the same place as in the word, and an id is loaded as one word.
    const std::uint64_t raw = std::uint64_t{id.generation} << 32 | id.index;
    return (word.load(std::memory_order_relaxed) ^ raw) <= kMostPins;
  }
  // Result: whether the word is that of a live object of that generation, moving or not.
  [[nodiscard]] static constexpr bool lives(std::uint64_t word, std::uint32_t generation) noexcept {
    return (word & ~(kMostPins | kMoving)) == word_of(generation);
  }
};
static_assert(sizeof(void*) != 8 || sizeof(HandleSlot) == 16);

// The rest of a slot, stored separately.
struct HandleRecord {
  AtomicPointer<const HandleType> type{nullptr};
  RelocateHook* hook = nullptr;
  std::uint32_t next_free = 0;
};

// Blocks of slots of doubling size that never move, so readers need no lock. Slots are made with
// generation `first_generation`; a slot whose generations are used up is never reused.
//
// A walker holds the objects of a group of 64 slots together, by a count stored with the group: one
// atomic operation instead of 64. A thread that frees or moves an object reads the count after it
// has changed the word, a walker reads the word after it has changed the count, so one of the two
// sees the other. Thread contract: any thread; find() takes no lock.
class HandleSlots {
 public:
  FRAMEALLOC_OWN_COPY static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::uint32_t kGroup = 64;

  HandleSlots(MetadataAllocator& metadata, std::uint32_t first_generation) noexcept
      : metadata_(metadata), first_generation_(first_generation == 0 ? 1 : first_generation) {}
  ~HandleSlots();
  HandleSlots(const HandleSlots&) = delete;
  HandleSlots& operator=(const HandleSlots&) = delete;

  // Result: null if no such slot was made yet.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE HandleSlot* find(std::uint32_t index) const noexcept {
    const std::uintptr_t base = bases_[place_of(index)].load(std::memory_order_acquire);
    if (base == 0) [[unlikely]]
      return nullptr;
    auto* const slot =
        reinterpret_cast<HandleSlot*>(base + std::uintptr_t{index} * sizeof(HandleSlot));
    if (slot == nullptr) __builtin_unreachable();  // so the caller's check costs nothing
    return slot;
  }
  // Requirement for these: the slot was made.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE HandleSlot& at(std::uint32_t index) const noexcept {
    const std::uintptr_t base = bases_[place_of(index)].load(std::memory_order_relaxed);
    return *reinterpret_cast<HandleSlot*>(base + std::uintptr_t{index} * sizeof(HandleSlot));
  }
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE HandleRecord& record(std::uint32_t index) const noexcept {
    const std::uintptr_t base = record_bases_[block_of(index)];
    return *reinterpret_cast<HandleRecord*>(base + std::uintptr_t{index} * sizeof(HandleRecord));
  }
  // Result: how many walkers hold the group of the slot.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE std::atomic<std::uint32_t>& walkers(
      std::uint32_t index) const noexcept {
    const std::uintptr_t base = walker_bases_[block_of(index)];
    return *reinterpret_cast<std::atomic<std::uint32_t>*>(
        base + std::uintptr_t{index / kGroup} * sizeof(std::atomic<std::uint32_t>));
  }
  // Result: a vacant slot, owned by the caller; kNone when bookkeeping memory is short.
  [[nodiscard]] std::uint32_t take() noexcept;
  // Result: as take(), but kNone when none is left of those that were made.
  [[nodiscard]] std::uint32_t take_free() noexcept;
  // Effect: every handle to the slot is stale, and it stays the caller's. Result: false when its
  // generations are used up: then nothing changes. Requirement: it is the caller's.
  [[nodiscard]] static bool vacate(HandleSlot& slot) noexcept {
    return vacate(slot, HandleSlot::generation_of(slot.word.load(std::memory_order_relaxed)));
  }
  // The same for a caller that knows the generation.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE static bool vacate(HandleSlot& slot,
                                                            std::uint32_t generation) noexcept {
    const std::uint32_t next = generation + 1;
    if (next == 0) [[unlikely]]
      return false;
    slot.word.store(HandleSlot::word_of(next) | HandleSlot::kVacant, std::memory_order_release);
    return true;
  }
  // Effect: the object of the slot is gone, and every handle to it is stale. Requirement: it is the
  // caller's.
  void retire(std::uint32_t index, HandleSlot& slot, HandleRecord& record) noexcept;
  // Effect: takes back a slot that has no object.
  void give_back(std::uint32_t index, HandleRecord& record) noexcept;

  // Result: slots made so far; each index below it can be found. A multiple of kGroup.
  [[nodiscard]] std::uint32_t size() const noexcept {
    return size_.load(std::memory_order_acquire);
  }
  [[nodiscard]] std::size_t free_slots() const noexcept;
  [[nodiscard]] std::size_t retired_slots() const noexcept;

 private:
  static constexpr unsigned kFirstShift = 8;  // the first block has 256 slots
  static constexpr std::uint32_t kBlocks = 21;
  static_assert(((std::uint64_t{1} << kBlocks) - 1) << kFirstShift <= HandleSlot::kMostPins,
                "an index must not reach into the flags of a word, see HandleSlot::is_of()");

  // Result: the number of the block and kFirstShift: the highest bit of a sum.
  [[nodiscard]] static constexpr std::uint32_t place_of(std::uint32_t index) noexcept {
    // 63 less the leading zeros, written so that it is one instruction on x86-64.
    const std::uint64_t sum = std::uint64_t{index} + (1U << kFirstShift);
    return 63U ^ static_cast<std::uint32_t>(std::countl_zero(sum));
  }
  [[nodiscard]] static constexpr std::uint32_t block_of(std::uint32_t index) noexcept {
    return place_of(index) - kFirstShift;
  }
  [[nodiscard]] static constexpr std::uint32_t first_of(std::uint32_t block) noexcept {
    return ((1U << block) - 1U) << kFirstShift;
  }
  [[nodiscard]] static constexpr std::size_t slots_in(std::uint32_t block) noexcept {
    return std::size_t{1} << (block + kFirstShift);
  }
  // A block: slots, records, counts of walkers.
  [[nodiscard]] static constexpr std::size_t block_bytes(std::uint32_t block) noexcept {
    return slots_in(block) * (sizeof(HandleSlot) + sizeof(HandleRecord)) +
           slots_in(block) / kGroup * sizeof(std::atomic<std::uint32_t>);
  }
  // Result: the slots of a block that was made.
  [[nodiscard]] HandleSlot* slots_of(std::uint32_t block) const noexcept {
    return reinterpret_cast<HandleSlot*>(base_of(block).load(std::memory_order_acquire) +
                                         first_of(block) * sizeof(HandleSlot));
  }
  [[nodiscard]] bool grow(std::uint32_t seen) noexcept;
  [[nodiscard]] std::atomic<std::uintptr_t>& base_of(std::uint32_t block) noexcept {
    return bases_[block + kFirstShift];
  }
  [[nodiscard]] const std::atomic<std::uintptr_t>& base_of(std::uint32_t block) const noexcept {
    return bases_[block + kFirstShift];
  }

  // For each block, the address that slot 0 would have if the block extended to it, so finding a
  // slot needs nothing else of its block; 0 while there is none. By place_of(), so that the way to a
  // slot need not subtract; those after the last block are for any index that a handle may carry.
  // The first member, or g++ adds to the number before it scales it.
  std::atomic<std::uintptr_t> bases_[33] = {};
  MetadataAllocator& metadata_;
  std::uint32_t first_generation_;
  std::uintptr_t record_bases_[kBlocks] = {};  // the same; written before the base of the slots
  std::uintptr_t walker_bases_[kBlocks] = {};
  std::atomic<std::uint32_t> size_{0};
  mutable SpinLock lock_{};  // of the list of free slots
  std::uint32_t free_ = kNone;
  std::size_t free_count_ = 0;
  std::size_t retired_count_ = 0;
};

}  // namespace framealloc::detail
