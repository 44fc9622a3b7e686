// SPDX-License-Identifier: MIT OR Apache-2.0
// Where the objects behind handles and the bytes of streamed assets lie: chunks with holes, and
// runs of chunks for what is larger.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/heap/handle_chunk.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <new>

namespace framealloc::detail {

class ChunkPool;

// Whose a block is: handed in when it is taken, found again when chunks are emptied.
struct BlockOwner {
  std::uint32_t index = 0;
  TagId tag = TagId::Untagged;
  bool movable = false;
};

// Takes from the chunk with the smallest hole that fits, which keeps chunks full or empty. One
// chunk at a time can be set apart to be emptied: then nothing is taken from it any more. An
// allocation takes it back into use rather than ask for a new chunk. Small blocks that were freed
// wait in lists by size for the next request of that size, as long as something else in their chunk
// is in use and nothing is being emptied: no hole is split or joined for them. They may keep their
// owner's slot, so that slot and block are taken and left together, under one hold of the lock.
// Thread contract: any thread, except where said. The chunk pool is called without the lock.
class HandleSpace {
 public:
  // An aligned block may need almost its alignment more. Half a chunk is where a run of whole
  // chunks begins to waste no more than a block that no second one fits beside.
  explicit HandleSpace(ChunkPool& chunks) noexcept
      : HandleSpace(chunks, own_lock_, nullptr, nullptr) {}
  // The same for an owner whose blocks may wait with their slots: a space then parks by leave()
  // alone. `let_go(context, index)` is called, under `lock`, when a block that waits is given up:
  // its slot is free.
  using LetGo = void (*)(void* context, std::uint32_t index);
  HandleSpace(ChunkPool& chunks, SpinLock& lock, LetGo let_go, void* context) noexcept;
  // Gives every chunk back, and with it the blocks in them. Requirement: no larger block is in use.
  ~HandleSpace();
  HandleSpace(const HandleSpace&) = delete;
  HandleSpace& operator=(const HandleSpace&) = delete;

  // Result: null when the chunk pool has nothing; `*denied_by_limit` then says why.
  // Requirement: `bytes` at most kMaxRequest, `alignment` a power of two no larger than that.
  [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment, const BlockOwner& owner,
                               bool* denied_by_limit) noexcept;
  // Effect: frees the block; `bytes` and `alignment` as when it was taken. Result: its tag.
  TagId free(void* block, std::size_t bytes, std::size_t alignment) noexcept;
  // Result: the chunk of a block that has no run to itself.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE BlockChunk* chunk_of(const void* block) const noexcept {
    return reinterpret_cast<BlockChunk*>(reinterpret_cast<std::uintptr_t>(block) & chunk_mask_);
  }
  // Result: the tag that the block was taken under.
  [[nodiscard]] TagId tag_of(void* block, std::size_t bytes, std::size_t alignment) const noexcept;
  // Result: whether a block of that kind has chunks of its own (and can never move).
  [[nodiscard]] bool is_large(std::size_t bytes, std::size_t alignment) const noexcept {
    return bytes > most_ || alignment > most_ || bytes + alignment > most_;
  }

  struct Totals {
    std::size_t chunks = 0;
    std::size_t chunk_bytes = 0;  // held, runs not counted
    std::size_t used_bytes = 0;   // of blocks, headers and rounding included
    std::size_t free_bytes = 0;   // holes
    std::size_t large_blocks = 0;
    std::size_t large_bytes = 0;  // of runs, as held
    std::size_t unmovable_blocks = 0;
    std::uint64_t released_chunks = 0;  // ever given back
    std::size_t parked_blocks = 0;      // that wait
  };
  [[nodiscard]] Totals totals() const noexcept;

  // --- Slot and block together; under lock() -----------------------------------------------------
  // Result: whether blocks of such a type may wait.
  [[nodiscard]] bool may_park(std::size_t bytes, std::size_t alignment) const noexcept {
    return may_wait(bytes, alignment) && bytes + kGranule <= most_;
  }
  // Result: a block that waited, in use now, and in `*index` its slot; null when none waits.
  // Requirement: may_park().
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* rejoin(std::size_t bytes, TagId tag, bool movable,
                                                      std::uint32_t* index) noexcept {
    const std::uint32_t granules = BlockChunk::granules_for(bytes);
    Parked* const block = parked_[granules];
    if (block == nullptr) return nullptr;
    *index = BlockChunk::header_of(block)->owner;
    unpark(block, granules, {*index, tag, movable});
    return block;
  }
  // Effect: the block waits, with its slot, if vacate() agrees. Result: false when it cannot; then
  // nothing has changed. Requirement: may_park(); on true, give_up_idle() follows.
  template <class Vacate>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool leave(void* block, Vacate&& vacate) noexcept {
    return can_park(block) && vacate() && (park(block), true);
  }
  // Effect: gives up what waits if nothing else is left in the chunk of the block.
  FRAMEALLOC_ALWAYS_INLINE void give_up_idle(const void* block, BlockChunk** emptied) noexcept {
    const BlockChunk* const chunk = chunk_of(block);
    if (chunk->only_parked() && chunk->live_blocks() != 0) [[unlikely]]
      give_back_parked(emptied);
  }
  // Effect: no block waits any more.
  void give_up_parked(BlockChunk** emptied) noexcept {
    if (parked_blocks_ != 0) give_back_parked(emptied);
  }

  // --- Emptying a chunk; all of it under lock() --------------------------------------------------
  // First every block of the chunk is given a place elsewhere, then the blocks move: so nothing
  // moves unless the chunk can be emptied. Chunks that fall empty on the way are linked to
  // `*emptied`, for release() after the lock.
  [[nodiscard]] SpinLock& lock() const noexcept { return lock_; }
  // Effect: sets the least used chunk apart whose blocks could fit elsewhere. Chunks that were
  // passed over in a call numbered `not_since` or later are left out. Result: false when there is
  // none.
  [[nodiscard]] bool set_apart(std::uint64_t not_since, BlockChunk** emptied) noexcept;
  [[nodiscard]] bool has_set_apart() const noexcept { return apart_ != nullptr; }
  // Effect: puts the chunk back into use, as not worth emptying in the call numbered `at_call`, and
  // frees the places that were planned.
  void put_back(std::uint64_t at_call, BlockChunk** emptied) noexcept;
  // Result: the next block in use of the chunk that is set apart, null behind the last.
  [[nodiscard]] BlockHeader* next_apart() noexcept { return apart_->next_live(&cursor_); }
  // Effect: takes a place in another chunk for a block. Result: false when no hole fits.
  [[nodiscard]] bool plan(BlockHeader* source, std::size_t bytes, std::size_t alignment) noexcept;
  // Result: a block that is to move, and in `*to` its place, the caller's now; null when none is
  // left. What was freed since it was planned is passed over.
  [[nodiscard]] BlockHeader* next_planned(void** to, BlockChunk** emptied) noexcept;
  // Effect: gives a place back that next_planned() handed out, or a block.
  void give_back(void* block, BlockChunk** emptied) noexcept;
  // Effect: gives chunks to the pool. Not under the lock.
  void release(BlockChunk* emptied) noexcept;

 private:
  struct Parked {  // in a block that waits
    Parked* next;
  };
  struct RunHeader {  // stands in front of a block that has a run to itself
    void* run;
    std::size_t run_bytes;
    TagId tag;
    std::uint16_t none[3] = {};  // what stands right before a block is always written
  };
  struct Planned {  // in the place that was taken for a block
    Planned* next;
    BlockHeader* source;
  };
  static_assert(sizeof(Planned) <= kGranule);

  [[nodiscard]] void* take(std::size_t bytes, std::size_t alignment,
                           const BlockOwner& owner) noexcept;
  // The blocks that wait. Result: null, false when it has to be a hole.
  [[nodiscard]] void* take_parked(std::size_t bytes, std::size_t alignment,
                                  const BlockOwner& owner) noexcept;
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool can_park(void* block) const noexcept {
    const std::uint32_t granules = BlockChunk::header_of(block)->granules;
    return granules <= kMostParked && apart_ == nullptr &&
           parked_count_[granules] != kParkedOfASize;
  }
  FRAMEALLOC_ALWAYS_INLINE void park(void* block) noexcept {
    if (!BlockChunk::header_of(block)->movable) --unmovable_;
    const std::uint32_t granules = chunk_of(block)->park(block);
    parked_[granules] = ::new (block) Parked{parked_[granules]};
    ++parked_count_[granules];
    ++parked_blocks_;
    parked_bytes_ += granules * kGranule;
  }
  FRAMEALLOC_ALWAYS_INLINE void unpark(Parked* block, std::uint32_t granules,
                                       const BlockOwner& owner) noexcept {
    parked_[granules] = block->next;
    --parked_count_[granules];
    --parked_blocks_;
    parked_bytes_ -= granules * kGranule;
    chunk_of(block)->unpark(block, owner.index, owner.tag, owner.movable);
    if (!owner.movable) ++unmovable_;
  }
  FRAMEALLOC_API void give_back_parked(BlockChunk** emptied) noexcept;
  [[nodiscard]] void* allocate_run(std::size_t bytes, std::size_t alignment, TagId tag,
                                   bool* denied_by_limit) noexcept;
  [[nodiscard]] static RunHeader* run_of(void* block) noexcept;
  void enlist(BlockChunk* chunk) noexcept;
  void delist(BlockChunk* chunk) noexcept;
  void relist(BlockChunk* chunk) noexcept;
  void drop_plan(BlockChunk** emptied) noexcept;
  template <class Visit>
  void for_each_listed(Visit&& visit) const noexcept;

  static constexpr std::size_t kFull = BlockChunk::kBins;  // the list of chunks without a hole
  static constexpr std::uint32_t kMostParked = BlockChunk::granules_for(kMostWaitingBytes);
  static constexpr std::uint8_t kParkedOfASize = 16;

  ChunkPool& pool_;
  std::uintptr_t chunk_mask_;
  std::size_t most_;  // bytes of the largest block that is not a run
  SpinLock own_lock_{};
  SpinLock& lock_;
  LetGo let_go_;  // null: the blocks have no slots
  void* context_;
  BlockChunk* lists_[BlockChunk::kBins + 1] = {};  // by the bin of the chunk's largest hole
  std::uint32_t filled_ = 0;  // bit n: list n has a chunk; full ones not counted
  std::size_t chunks_ = 0;
  std::size_t used_bytes_ = 0;
  std::size_t free_bytes_ = 0;
  std::size_t large_blocks_ = 0;
  std::size_t large_bytes_ = 0;
  std::size_t unmovable_ = 0;
  std::uint64_t released_ = 0;
  BlockChunk* apart_ = nullptr;
  Planned* planned_ = nullptr;
  std::uint32_t cursor_ = 0;
  std::size_t parked_blocks_ = 0;
  std::size_t parked_bytes_ = 0;          // part of used_bytes_
  Parked* parked_[kMostParked + 1] = {};  // by granules
  std::uint8_t parked_count_[kMostParked + 1] = {};
};

}  // namespace framealloc::detail
