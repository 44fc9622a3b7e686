// SPDX-License-Identifier: MIT OR Apache-2.0
// Counters per thread and tag, which add up to the totals exactly.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/atomic_pointer.hpp>
#include <framealloc/detail/base/counter.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// Counts of one thread under one tag. Only that thread writes, so there is no contention; a block
// freed by another thread is counted as freed there, and the difference of the sums over all
// threads is what is held. The difference of a single thread may therefore be negative: sum first.
struct TagCounters {
  // Bytes in one frame that is still in flight. A cell is reused by the frame that takes its place,
  // so a reader compares `clock` to know whether `bytes` still lives.
  struct FrameCell {
    OwnedCounter clock{};
    OwnedCounter bytes{};
  };
  // By frame slot (see arena/): four of the shared frame, then four of the thread's own frames.
  FrameCell frames[8];
  FrameCell last_frame[2];           // what the most recently reused cell held when its frame ended
  OwnedCounter frame_bytes_total{};  // frame bytes ever allocated
  OwnedCounter frame_bytes_peak{};   // most frame bytes held at once in one frame
  OwnedCounter pool_large_bytes{};   // pool bytes allocated in blocks too large for a slab page
  OwnedCounter pool_large_allocations{};
  OwnedCounter pool_remote_bytes{};  // pool bytes of this tag that this thread freed for others
  OwnedCounter pool_remote_frees{};
  OwnedCounter heap_bytes_in{};   // heap bytes allocated
  OwnedCounter heap_bytes_out{};  // heap bytes freed
  OwnedCounter heap_allocations{};
  OwnedCounter heap_frees{};
};

// All counters of one thread. The first block is in place, so untagged work never needs memory;
// others are made when a tag is first used. If that fails, their tags share `spill_` for the rest
// of the thread, so totals stay exact in any case, and no tag is counted down in another place than
// it was counted up.
class ThreadLedger {
 public:
  static constexpr std::size_t kBlock = 64;
  static constexpr std::size_t kBlocks = kMaxTags / kBlock;
  // Gives memory for a further block, aligned for TagCounters, or null. Called on the owning thread
  // only. The memory stays its giver's and must outlive the ledger.
  using BlockAllocator = void* (*)(void* context, std::size_t bytes);

  ThreadLedger(BlockAllocator allocator, void* context) noexcept;
  ThreadLedger(const ThreadLedger&) = delete;
  ThreadLedger& operator=(const ThreadLedger&) = delete;

  // Result: the counters to write. Thread contract: the owning thread.
  [[nodiscard]] TagCounters& at(TagId tag) noexcept {
    const auto index = static_cast<std::size_t>(tag);
    const std::uint64_t used = used_[index / kBlock].load(std::memory_order_relaxed);
    if ((used & bit_of(index)) == 0) [[unlikely]]
      return begin(index);
    return blocks_[index / kBlock].load(std::memory_order_relaxed)[index % kBlock];
  }
  // The same for writing pool and heap counters, which visit_block_users() then finds. Most tags of
  // a frame never have any, nor do tags with only small pool blocks freed on their own thread.
  [[nodiscard]] TagCounters& at_blocks(TagId tag) noexcept {
    const auto index = static_cast<std::size_t>(tag);
    const std::uint64_t users = block_users_[index / kBlock].load(std::memory_order_relaxed);
    if ((users & bit_of(index)) == 0) [[unlikely]]
      return begin_blocks(index);
    return blocks_[index / kBlock].load(std::memory_order_relaxed)[index % kBlock];
  }
  // Result: the counters to read, or null when the thread never used the tag. Any thread.
  [[nodiscard]] const TagCounters* find(TagId tag) const noexcept {
    const auto index = static_cast<std::size_t>(tag);
    const std::uint64_t used = used_[index / kBlock].load(std::memory_order_acquire);
    if ((used & bit_of(index)) == 0) return nullptr;
    return &blocks_[index / kBlock].load(std::memory_order_relaxed)[index % kBlock];
  }
  // The same for the pool and heap counters alone: null when at_blocks() was never called for the
  // tag, whose cells of frames are then not read. Any thread.
  [[nodiscard]] const TagCounters* find_blocks(TagId tag) const noexcept {
    const auto index = static_cast<std::size_t>(tag);
    const std::uint64_t users = block_users_[index / kBlock].load(std::memory_order_acquire);
    if ((users & bit_of(index)) == 0) return nullptr;
    return &blocks_[index / kBlock].load(std::memory_order_relaxed)[index % kBlock];
  }
  // Effect: calls visit(counters) for every tag that at_blocks() was called for, and for the spill.
  // Reads the others not at all. Any thread.
  template <class Visit>
  void visit_block_users(Visit&& visit) const noexcept {
    for (std::size_t number = 0; number < kBlocks; ++number) {
      std::uint64_t users = block_users_[number].load(std::memory_order_acquire);
      if (users == 0) continue;
      const TagCounters* const block = blocks_[number].load(std::memory_order_relaxed);
      for (; users != 0; users &= users - 1) visit(block[std::countr_zero(users)]);
    }
    visit(spill_);
  }
  // What could not be attributed to its tag for want of memory.
  [[nodiscard]] const TagCounters& spill() const noexcept { return spill_; }

 private:
  static_assert(kBlock == 64);  // so that a word has a bit for each tag of a block
  [[nodiscard]] static constexpr std::uint64_t bit_of(std::size_t index) noexcept {
    return std::uint64_t{1} << (index % kBlock);
  }
  // The first use of a tag.
  FRAMEALLOC_API TagCounters& begin(std::size_t index) noexcept;
  TagCounters& begin_blocks(std::size_t index) noexcept;

  BlockAllocator allocator_;
  void* context_;
  AtomicPointer<TagCounters> blocks_[kBlocks] = {};
  // Bit n of word b: tag 64 b + n has been used. Set after its block was published.
  std::atomic<std::uint64_t> used_[kBlocks] = {};
  // The same for at_blocks(); never set without the bit in used_.
  std::atomic<std::uint64_t> block_users_[kBlocks] = {};
  std::uint16_t spilled_ = 0;  // bit n: block n could not be made
  static_assert(kBlocks <= 16);
  TagCounters spill_{};
  TagCounters first_[kBlock];
};

}  // namespace framealloc::detail
