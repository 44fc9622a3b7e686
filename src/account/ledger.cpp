// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/account/ledger.hpp>

#include <memory>
#include <new>

namespace framealloc::detail {

ThreadLedger::ThreadLedger(BlockAllocator allocator, void* context) noexcept
    : allocator_(allocator), context_(context) {
  blocks_[0].store(first_, std::memory_order_relaxed);
}

TagCounters& ThreadLedger::begin(std::size_t index) noexcept {
  const std::size_t number = index / kBlock;
  TagCounters* block = blocks_[number].load(std::memory_order_relaxed);
  if (block == nullptr) {
    const auto bit = static_cast<std::uint16_t>(1U << number);
    if ((spilled_ & bit) != 0) return spill_;

    void* const memory =
        allocator_ != nullptr ? allocator_(context_, kBlock * sizeof(TagCounters)) : nullptr;
    if (memory == nullptr) {
      spilled_ = static_cast<std::uint16_t>(spilled_ | bit);
      return spill_;
    }
    block = static_cast<TagCounters*>(memory);
    std::uninitialized_value_construct_n(block, kBlock);
    blocks_[number].store(block, std::memory_order_relaxed);
  }
  // The release orders the block, and its counters at zero, before the bit that leads readers to
  // them.
  const std::uint64_t used = used_[number].load(std::memory_order_relaxed);
  used_[number].store(used | bit_of(index), std::memory_order_release);
  return block[index % kBlock];
}

TagCounters& ThreadLedger::begin_blocks(std::size_t index) noexcept {
  TagCounters& counters = at(static_cast<TagId>(index));
  if (&counters == &spill_) return counters;
  const std::size_t number = index / kBlock;
  const std::uint64_t users = block_users_[number].load(std::memory_order_relaxed);
  block_users_[number].store(users | bit_of(index), std::memory_order_release);
  return counters;
}

}  // namespace framealloc::detail
