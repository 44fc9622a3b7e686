// SPDX-License-Identifier: MIT OR Apache-2.0
// A chunk that holds large heap blocks, cut into quanta of 4 KiB.
#pragma once

#include <framealloc/detail/pool/block_record.hpp>
#include <framealloc/detail/pool/chunk_registry.hpp>
#include <framealloc/detail/pool/slab.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// What is known of a block by its first quantum.
struct Span {
  std::size_t bytes = 0;  // as accounted: requested, rounded up to the granule
  std::uint32_t quanta = 0;
  TagId tag = TagId::Untagged;
  AllocKind kind = AllocKind::Heap;
  bool live = false;
};

// Stands at the start of its chunk; its tables follow it there. A page mask leads from an address
// in the first page of the chunk to `head`, which belongs to no thread. Thread contract: members
// that say so need lock(); the chunk's creator publishes the rest.
class SpanChunk {
 public:
  static constexpr std::size_t kQuantum = 4096;

  // Result: the largest block that such a chunk serves; 0 when chunks are too small for any.
  [[nodiscard]] static std::size_t largest_block(std::size_t chunk_size) noexcept;
  // Requirement: `memory` is a chunk of that size with largest_block() != 0; `records` has one
  // element per quantum, or is null when blocks are not recorded.
  [[nodiscard]] static SpanChunk* make(void* memory, std::size_t chunk_size,
                                       BlockRecord* records) noexcept;
  SpanChunk(const SpanChunk&) = delete;
  SpanChunk& operator=(const SpanChunk&) = delete;

  // Down to is_empty() these require the lock.
  // Result: index of the first quantum of a free run, now taken; kNone when none fits.
  // `step` is the alignment in quanta.
  [[nodiscard]] std::size_t take(std::size_t quanta, std::size_t step) noexcept;
  void give_back(std::size_t first, std::size_t quanta) noexcept;
  // Effect: takes the quanta right behind a block. Result: false when they are not all free.
  [[nodiscard]] bool take_at(std::size_t first, std::size_t quanta) noexcept;
  [[nodiscard]] bool is_taken(std::size_t index) const noexcept {
    return ((taken_[index / 64] >> (index % 64)) & 1) != 0;
  }
  [[nodiscard]] bool is_empty() const noexcept { return free_quanta() == usable_quanta_; }

  static constexpr std::size_t kNone = SIZE_MAX;

  // A hint unless the lock is held.
  [[nodiscard]] std::size_t free_quanta() const noexcept {
    return free_quanta_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t quanta() const noexcept { return quanta_; }
  [[nodiscard]] SpinLock& lock() noexcept { return lock_; }
  [[nodiscard]] Span& span(std::size_t index) noexcept { return spans_[index]; }
  [[nodiscard]] BlockRecord* record(std::size_t index) noexcept {
    return records_ == nullptr ? nullptr : &records_[index];
  }
  [[nodiscard]] BlockRecord* records() noexcept { return records_; }
  [[nodiscard]] std::byte* address(std::size_t index) noexcept {
    return reinterpret_cast<std::byte*>(this) + index * kQuantum;
  }
  // Result: index of the quantum that begins at the address, kNone when none does.
  [[nodiscard]] std::size_t index_of(const void* block) noexcept;

  SlabHeader head;
  Region region;
  // The heap's, under its lock.
  SpanChunk* next = nullptr;
  SpanChunk* previous = nullptr;
  unsigned holders = 0;  // threads that take from this chunk first

 private:
  SpanChunk(std::size_t quanta, std::size_t header_quanta, BlockRecord* records) noexcept;
  [[nodiscard]] static std::size_t table_bytes(std::size_t quanta) noexcept;
  void mark(std::size_t first, std::size_t quanta, bool taken) noexcept;

  SpinLock lock_;
  std::size_t quanta_;
  std::size_t usable_quanta_;
  std::atomic<std::size_t> free_quanta_;
  std::size_t first_free_hint_;  // no free quantum lies before it
  BlockRecord* records_;
  std::uint64_t* taken_;
  Span* spans_;
};

}  // namespace framealloc::detail
