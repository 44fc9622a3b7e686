// SPDX-License-Identifier: MIT OR Apache-2.0
// One group, and the table of them.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/arena/finalizer.hpp>
#include <framealloc/detail/base/atomic_pointer.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/sync/cache_line.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// In front of its bytes, in a block of the groups' space.
struct GroupSegment {
  static constexpr std::size_t kHeader = 64;
  GroupSegment* next;
  std::size_t held;  // header included

  [[nodiscard]] std::uintptr_t begin() const noexcept {
    return reinterpret_cast<std::uintptr_t>(this) + kHeader;
  }
  [[nodiscard]] std::uintptr_t end() const noexcept {
    return reinterpret_cast<std::uintptr_t>(this) + held;
  }
};
static_assert(sizeof(GroupSegment) <= GroupSegment::kHeader);

// Stays where it is for the life of the allocator, and holds one group after the other. Each has a
// line of its own, so that two groups do not slow each other down.
struct alignas(kCacheLine) GroupSlot {
  SpinLock lock;
  // Under the lock.
  std::uint32_t generation = 1;  // of the group that lives here, or will next
  bool alive = false;
  std::uintptr_t cursor = 1;  // without a segment no request fits
  std::uintptr_t limit = 0;
  GroupSegment* segments = nullptr;
  Finalizer* finalizers = nullptr;
  std::size_t bytes = 0;  // as asked for
  std::size_t count = 0;
  std::size_t held = 0;
  std::size_t segment_count = 0;
  std::size_t next_segment = 0;

  // What keeps the memory: its life, its children, constructors at work. The last to go frees it,
  // so children always end before their parents.
  std::atomic<std::uint32_t> references{0};

  std::uint32_t index = 0;  // forever
  // Fixed while anything keeps the memory.
  TagId tag = TagId::Untagged;
  char* name = nullptr;
  std::size_t name_size = 0;
  GroupSlot* parent = nullptr;
  GroupSlot* budgeted = nullptr;  // itself or its nearest ancestor that has a budget
  std::size_t budget = 0;
  std::atomic<std::size_t> charged{0};  // with a budget: bytes of it and all below it

  // The tree, under the lock of the table.
  GroupSlot* youngest_child = nullptr;
  GroupSlot* oldest_child = nullptr;
  GroupSlot* older_sibling = nullptr;
  GroupSlot* younger_sibling = nullptr;
  GroupSlot* next_to_free = nullptr;  // or the next free slot
};

// Thread contract: find() any thread, without a lock; the rest under lock().
class GroupTable {
 public:
  explicit GroupTable(MetadataAllocator& metadata) noexcept : metadata_(metadata) {}
  ~GroupTable();
  GroupTable(const GroupTable&) = delete;
  GroupTable& operator=(const GroupTable&) = delete;

  [[nodiscard]] SpinLock& lock() const noexcept { return lock_; }
  // Result: the slot of that index, used or not; null when there is none.
  [[nodiscard]] GroupSlot* find(std::uint32_t index) const noexcept {
    if (index >= size()) return nullptr;
    const int block = block_of(index);
    return blocks_[block].load(std::memory_order_acquire) + (index - first_of(block));
  }
  [[nodiscard]] std::uint32_t size() const noexcept {
    return size_.load(std::memory_order_acquire);
  }
  // Result: a free slot; null if none is ready: then call bring().
  [[nodiscard]] GroupSlot* take() noexcept;
  void give(GroupSlot* slot) noexcept;
  // Effect: makes slots. Result: false without memory, or when the table is full. Not under lock().
  [[nodiscard]] bool bring() noexcept;

 private:
  // Each block of slots is twice as large as the one before.
  static constexpr std::uint32_t kFirstBlock = 32;
  static constexpr int kBlocks = 20;
  static int block_of(std::uint32_t index) noexcept {
    return static_cast<int>(std::bit_width(index / kFirstBlock + 1)) - 1;
  }
  static std::uint32_t first_of(int block) noexcept { return kFirstBlock * ((1U << block) - 1); }

  MetadataAllocator& metadata_;
  mutable SpinLock lock_{};
  std::atomic<std::uint32_t> size_{0};
  GroupSlot* free_ = nullptr;
  AtomicPointer<GroupSlot> blocks_[kBlocks] = {};
};

}  // namespace framealloc::detail
