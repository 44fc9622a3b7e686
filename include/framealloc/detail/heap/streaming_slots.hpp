// SPDX-License-Identifier: MIT OR Apache-2.0
// What an access to a streamed asset needs, apart from the rest of its record: 32 bytes per asset.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/streaming_types.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

struct StreamAsset;

// The slot of an asset. Slots are linked by their indices into the lists of what may be evicted.
struct StreamSlot {
  static constexpr std::uint32_t kUnlisted = UINT32_MAX;
  void* memory = nullptr;         // null unless it may be accessed
  std::uint64_t last_access = 0;  // frame
  std::uint32_t generation = 0;   // of ids; tells the slot's assets apart
  std::uint32_t older = kUnlisted;
  std::uint32_t newer = kUnlisted;  // while it is free: the next free slot
  StreamPriority priority = StreamPriority::Normal;
};
static_assert(sizeof(StreamSlot) == 32);

// A growing array of slots whose blocks double and never move, so that neither the way from an id
// to its slot nor the cost of one more asset grows with their number: nothing is ever rehashed, and
// a new block is not even written to before its slots are needed.
//
// It also keeps, by priority, the order in which assets were accessed. An access moves its asset to
// the end of a list, and with many assets both neighbors are out of cache. Accesses are therefore
// noted and carried out in batches, so their cache misses overlap. The order is exact whenever it
// is read.
// Thread contract: under the owner's lock.
class StreamSlots {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  StreamSlots() noexcept;
  StreamSlots(const StreamSlots&) = delete;
  StreamSlots& operator=(const StreamSlots&) = delete;

  // Result: a free slot, the caller's now; kNone when add_block() has to be called first.
  [[nodiscard]] std::uint32_t take() noexcept;
  // Effect: the slot is free, and its id names nothing any more. Requirement: it is in no list.
  void give_back(std::uint32_t index) noexcept;

  // Result: bytes of the memory that add_block() needs next; 0 when there can be no more slots.
  [[nodiscard]] std::size_t next_block_bytes() const noexcept;
  // Requirement: next_block_bytes() of memory, aligned to a cache line.
  void add_block(void* memory) noexcept;
  // Effect: calls give_back(memory, bytes) for every block. Nothing may be used afterward.
  template <class GiveBack>
  void release_blocks(GiveBack&& give_back) noexcept {
    for (std::uint32_t block = 0; block < blocks_made_; ++block) {
      give_back(static_cast<void*>(blocks_[block]), block_bytes(block));
    }
    blocks_made_ = carved_ = 0;
  }

  // Result: the asset in the slot; null while there is none.
  [[nodiscard]] StreamAsset*& asset(std::uint32_t index) noexcept {
    const std::uint32_t block = block_of(index);
    auto* const assets = reinterpret_cast<StreamAsset**>(blocks_[block] + slots_in(block));
    return assets[index - first_of(block)];
  }
  [[nodiscard]] StreamSlot& operator[](std::uint32_t index) noexcept {
    const std::uint32_t block = block_of(index);
    return blocks_[block][index - first_of(block)];
  }
  // Result: indices below it have been taken at least once.
  [[nodiscard]] std::uint32_t size() const noexcept { return carved_; }

  [[nodiscard]] StreamId id_of(std::uint32_t index) noexcept {
    return StreamId(std::uint64_t{(*this)[index].generation} << 32 | (index + 1));
  }
  // Result: the slot that the id names; kNone when it was never given out or is no longer its.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE std::uint32_t find(StreamId id) noexcept {
    const std::uint32_t index = static_cast<std::uint32_t>(id.raw()) - 1;
    if (index >= carved_ || (*this)[index].generation != id.raw() >> 32) return kNone;
    return index;
  }

  // The lists of what may be evicted. All but note_access() carry out what was noted first.
  // Effect: the asset is in the list of its priority, as the one accessed most recently, or, with
  // `first`, as the one to go first.
  void enlist(std::uint32_t index, bool first) noexcept;
  void delist(std::uint32_t index) noexcept;
  [[nodiscard]] bool is_listed(std::uint32_t index) noexcept {
    return (*this)[index].older != StreamSlot::kUnlisted;
  }
  // Effect: an asset of a list was accessed. One that is in none is ignored.
  void note_access(std::uint32_t index) noexcept {
    if (noted_ != 0 && notes_[noted_ - 1] == index) return;
    if (noted_ == kMostNotes) carry_out();
    notes_[noted_++] = index;
  }
  // Result: the asset of the list that was accessed longest ago, and the next after one; kNone
  // behind the last.
  [[nodiscard]] std::uint32_t oldest(std::size_t priority) noexcept {
    carry_out();
    return slot_or_none(ends_[priority].newer);
  }
  [[nodiscard]] std::uint32_t next(std::uint32_t index) noexcept {
    return slot_or_none((*this)[index].newer);
  }

 private:
  static constexpr unsigned kFirstShift = 8;  // the first block has 256 slots
  static constexpr std::uint32_t kBlocks = 22;
  static constexpr std::uint32_t kMostNotes = 32;
  // Links at or above it are the ends of the lists, one for each priority.
  static constexpr std::uint32_t kEnds = UINT32_MAX - 8;
  static_assert(((1ULL << kBlocks) - 1) << kFirstShift < kEnds);

  [[nodiscard]] static constexpr std::uint32_t block_of(std::uint32_t index) noexcept {
    const auto width = std::bit_width((index >> kFirstShift) + 1U);
    return static_cast<std::uint16_t>(width) - 1U;
  }
  [[nodiscard]] static constexpr std::uint32_t first_of(std::uint32_t block) noexcept {
    return ((1U << block) - 1U) << kFirstShift;
  }
  [[nodiscard]] static constexpr std::size_t slots_in(std::uint32_t block) noexcept {
    return std::size_t{1} << (block + kFirstShift);
  }
  [[nodiscard]] static constexpr std::size_t block_bytes(std::uint32_t block) noexcept {
    return slots_in(block) * (sizeof(StreamSlot) + sizeof(StreamAsset*));
  }
  [[nodiscard]] static constexpr std::uint32_t slot_or_none(std::uint32_t link) noexcept {
    return link >= kEnds ? kNone : link;
  }
  // Result: the slot of a link, which may be the end of a list.
  [[nodiscard]] StreamSlot& at(std::uint32_t link) noexcept {
    return link >= kEnds ? ends_[link - kEnds] : (*this)[link];
  }
  void unlink(StreamSlot& slot) noexcept;
  void link_last(std::uint32_t index, StreamSlot& slot) noexcept;
  FRAMEALLOC_API void carry_out() noexcept;

  StreamSlot* blocks_[kBlocks] = {};  // slots, then a pointer to the asset for each
  std::uint32_t blocks_made_ = 0;
  std::uint32_t carved_ = 0;  // slots that were ever taken
  std::uint32_t free_ = kNone;
  std::uint32_t noted_ = 0;
  std::uint32_t notes_[kMostNotes];
  StreamSlot ends_[kStreamPriorities];  // older: the last of the list; newer: the first
};

}  // namespace framealloc::detail
