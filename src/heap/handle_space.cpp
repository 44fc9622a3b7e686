// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/heap/handle_space.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>

#include <bit>
#include <cstdint>
#include <mutex>
#include <new>

namespace framealloc::detail {
namespace {

// Chunks looked at in a list whose largest holes need not all fit.
constexpr int kMostChunkLooks = 8;

}  // namespace

template <class Visit>
void HandleSpace::for_each_listed(Visit&& visit) const noexcept {
  for (BlockChunk* const first : lists_) {
    for (BlockChunk* chunk = first; chunk != nullptr;) {
      BlockChunk* const next = chunk->next;
      visit(chunk);
      chunk = next;
    }
  }
}

HandleSpace::HandleSpace(ChunkPool& chunks, SpinLock& lock, LetGo let_go, void* context) noexcept
    : pool_(chunks),
      chunk_mask_(~(std::uintptr_t{chunks.chunk_size()} - 1)),
      most_(BlockChunk::largest_block(chunks.chunk_size()) / 2),
      lock_(lock),
      let_go_(let_go),
      context_(context) {}

HandleSpace::~HandleSpace() {
  for_each_listed([this](BlockChunk* chunk) { pool_.release(chunk); });
  if (apart_ != nullptr) pool_.release(apart_);
}

HandleSpace::RunHeader* HandleSpace::run_of(void* block) noexcept {
  return static_cast<RunHeader*>(block) - 1;
}

void HandleSpace::enlist(BlockChunk* chunk) noexcept {
  const std::size_t bin = chunk->largest_bin();
  const std::size_t list = bin == BlockChunk::kNoBin ? kFull : bin;
  chunk->listed_bin = list;
  chunk->previous = nullptr;
  chunk->next = lists_[list];
  if (chunk->next != nullptr) chunk->next->previous = chunk;
  lists_[list] = chunk;
  if (list != kFull) filled_ |= 1U << list;
}

void HandleSpace::delist(BlockChunk* chunk) noexcept {
  const std::size_t list = chunk->listed_bin;
  if (chunk->next != nullptr) chunk->next->previous = chunk->previous;
  if (chunk->previous != nullptr) {
    chunk->previous->next = chunk->next;
  } else {
    lists_[list] = chunk->next;
    if (chunk->next == nullptr && list != kFull) filled_ &= ~(1U << list);
  }
}

void HandleSpace::relist(BlockChunk* chunk) noexcept {
  const std::size_t bin = chunk->largest_bin();
  if (chunk->listed_bin == (bin == BlockChunk::kNoBin ? kFull : bin)) return;
  delist(chunk);
  enlist(chunk);
}

void* HandleSpace::take(std::size_t bytes, std::size_t alignment,
                        const BlockOwner& owner) noexcept {
  // bin_for() answers for the block alone; with its alignment it may need a larger hole, which the
  // chunk finds out.
  std::uint32_t lists = filled_ & ~((1U << BlockChunk::bin_for(bytes)) - 1U);
  for (; lists != 0; lists &= lists - 1) {
    int tries = kMostChunkLooks;
    BlockChunk* chunk = lists_[std::countr_zero(lists)];
    for (; chunk != nullptr && tries > 0; chunk = chunk->next, --tries) {
      const std::size_t used = chunk->used_bytes();
      void* const block = chunk->take(bytes, alignment, owner.index, owner.tag, owner.movable);
      if (block == nullptr) continue;
      used_bytes_ += chunk->used_bytes() - used;
      free_bytes_ -= chunk->used_bytes() - used;
      if (!owner.movable) ++unmovable_;
      relist(chunk);
      return block;
    }
  }
  return nullptr;
}

void* HandleSpace::allocate(std::size_t bytes, std::size_t alignment, const BlockOwner& owner,
                            bool* denied_by_limit) noexcept {
  *denied_by_limit = false;
  if (is_large(bytes, alignment)) return allocate_run(bytes, alignment, owner.tag, denied_by_limit);
  BlockChunk* emptied = nullptr;
  void* found = nullptr;
  {
    const std::lock_guard guard(lock_);
    found = take_parked(bytes, alignment, owner);
    if (found == nullptr) found = take(bytes, alignment, owner);
    if (found == nullptr && parked_bytes_ != 0) {
      give_back_parked(&emptied);
      found = take(bytes, alignment, owner);
    }
    if (found == nullptr && apart_ != nullptr) {
      put_back(apart_->passed_over_at, &emptied);
      found = take(bytes, alignment, owner);
    }
  }
  if (emptied != nullptr) release(emptied);
  if (found != nullptr) return found;
  void* const memory = pool_.acquire(denied_by_limit);
  if (memory == nullptr) return nullptr;
  BlockChunk* const chunk = BlockChunk::make(memory, pool_.chunk_size());
  const std::lock_guard guard(lock_);
  ++chunks_;
  free_bytes_ += chunk->free_bytes();
  // The block is taken before anyone else sees the chunk: a chunk that is empty does not stay.
  void* const block = chunk->take(bytes, alignment, owner.index, owner.tag, owner.movable);
  used_bytes_ += chunk->used_bytes();
  free_bytes_ -= chunk->used_bytes();
  if (!owner.movable) ++unmovable_;
  enlist(chunk);
  return block;
}

void* HandleSpace::allocate_run(std::size_t bytes, std::size_t alignment, TagId tag,
                                bool* denied_by_limit) noexcept {
  if (alignment < kGranule) alignment = kGranule;
  std::size_t run_bytes = 0;
  const std::size_t front = align_up(sizeof(RunHeader), alignment);
  // A run is aligned to the chunk size; a larger alignment has to be found inside it.
  const std::size_t slack = alignment > pool_.chunk_size() ? alignment : 0;
  if (bytes > kMaxRequest || front + slack > kMaxRequest - bytes) return nullptr;
  void* const run = pool_.acquire_run(front + slack + bytes, &run_bytes, denied_by_limit);
  if (run == nullptr) return nullptr;
  std::byte* const block = align_up(static_cast<std::byte*>(run) + sizeof(RunHeader), alignment);
  ::new (run_of(block)) RunHeader{run, run_bytes, tag};
  const std::lock_guard guard(lock_);
  ++large_blocks_;
  large_bytes_ += run_bytes;
  return block;
}

TagId HandleSpace::free(void* block, std::size_t bytes, std::size_t alignment) noexcept {
  if (is_large(bytes, alignment)) {
    const RunHeader run = *run_of(block);
    {
      const std::lock_guard guard(lock_);
      --large_blocks_;
      large_bytes_ -= run.run_bytes;
    }
    pool_.release_run(run.run, run.run_bytes);
    return run.tag;
  }
  const TagId tag = BlockChunk::header_of(block)->tag;
  BlockChunk* emptied = nullptr;
  {
    const std::lock_guard guard(lock_);
    if (let_go_ == nullptr && can_park(block)) {
      park(block);
    } else {
      give_back(block, &emptied);
    }
    // Nothing else is in use there: the chunk goes. Each block that waited was put there once.
    if (parked_blocks_ != 0) give_up_idle(block, &emptied);
  }
  if (emptied != nullptr) release(emptied);
  return tag;
}

void* HandleSpace::take_parked(std::size_t bytes, std::size_t alignment,
                               const BlockOwner& owner) noexcept {
  // One with a slot is not for an owner that has a slot already.
  if (alignment > kGranule || let_go_ != nullptr) return nullptr;
  const std::uint32_t granules = BlockChunk::granules_for(bytes);
  if (granules > kMostParked || parked_[granules] == nullptr) return nullptr;
  Parked* const block = parked_[granules];
  unpark(block, granules, owner);
  return block;
}

void HandleSpace::give_back_parked(BlockChunk** emptied) noexcept {
  parked_bytes_ = 0;
  parked_blocks_ = 0;
  for (std::uint32_t granules = 0; granules <= kMostParked; ++granules) {
    parked_count_[granules] = 0;
    while (Parked* const block = parked_[granules]) {
      parked_[granules] = block->next;
      const std::uint32_t index = BlockChunk::header_of(block)->owner;
      chunk_of(block)->unpark();
      give_back(block, emptied);
      if (let_go_ != nullptr) let_go_(context_, index);
    }
  }
}

void HandleSpace::give_back(void* block, BlockChunk** emptied) noexcept {
  BlockChunk* const chunk = chunk_of(block);
  const std::size_t used = chunk->used_bytes();
  if (!BlockChunk::header_of(block)->movable) --unmovable_;
  chunk->give_back(block, chunk == apart_ ? &cursor_ : nullptr);
  used_bytes_ -= used - chunk->used_bytes();
  free_bytes_ += used - chunk->used_bytes();
  if (chunk->live_blocks() != 0) {
    if (chunk != apart_) relist(chunk);
    return;
  }
  const bool was_apart = chunk == apart_;
  if (was_apart) {
    apart_ = nullptr;
  } else {
    delist(chunk);
  }
  --chunks_;
  ++released_;
  free_bytes_ -= chunk->free_bytes();
  chunk->next = *emptied;
  *emptied = chunk;
  if (was_apart) drop_plan(emptied);
}

void HandleSpace::release(BlockChunk* emptied) noexcept {
  while (emptied != nullptr) {
    BlockChunk* const next = emptied->next;
    pool_.release(emptied);
    emptied = next;
  }
}

TagId HandleSpace::tag_of(void* block, std::size_t bytes, std::size_t alignment) const noexcept {
  return is_large(bytes, alignment) ? run_of(block)->tag : BlockChunk::header_of(block)->tag;
}

HandleSpace::Totals HandleSpace::totals() const noexcept {
  const std::lock_guard guard(lock_);
  return Totals{chunks_,
                chunks_ * pool_.chunk_size(),
                used_bytes_ - parked_bytes_,
                free_bytes_ + parked_bytes_,
                large_blocks_,
                large_bytes_,
                unmovable_,
                released_,
                parked_blocks_};
}

bool HandleSpace::set_apart(std::uint64_t not_since, BlockChunk** emptied) noexcept {
  give_back_parked(emptied);
  BlockChunk* best = nullptr;
  for_each_listed([&](BlockChunk* chunk) {
    if (chunk->unmovable_blocks() != 0 || chunk->passed_over_at >= not_since) return;
    if (best == nullptr || chunk->used_bytes() < best->used_bytes()) best = chunk;
  });
  if (best == nullptr) return false;
  // An eighth more than needed: holes are seldom exactly as large as what should fill them.
  const std::size_t elsewhere = free_bytes_ - best->free_bytes();
  if (best->used_bytes() + best->used_bytes() / 8 > elsewhere) return false;
  delist(best);
  apart_ = best;
  best->keep_blocks(false);
  cursor_ = 0;
  return true;
}

void HandleSpace::put_back(std::uint64_t at_call, BlockChunk** emptied) noexcept {
  apart_->passed_over_at = at_call;
  apart_->keep_blocks(true);
  enlist(apart_);
  apart_ = nullptr;
  drop_plan(emptied);
}

void HandleSpace::drop_plan(BlockChunk** emptied) noexcept {
  while (planned_ != nullptr) {
    Planned* const place = planned_;
    planned_ = place->next;
    give_back(place, emptied);
  }
}

bool HandleSpace::plan(BlockHeader* source, std::size_t bytes, std::size_t alignment) noexcept {
  // The chunk that is set apart is on no list, so the place is in another.
  void* const place = take(bytes, alignment, {source->owner, source->tag, source->movable});
  if (place == nullptr) return false;
  planned_ = ::new (place) Planned{planned_, source};
  return true;
}

BlockHeader* HandleSpace::next_planned(void** to, BlockChunk** emptied) noexcept {
  while (planned_ != nullptr) {
    Planned* const place = planned_;
    planned_ = place->next;
    // Nothing is taken from a chunk that is set apart, so the header of a block that was freed
    // still stands where it was.
    if (place->source->live) {
      BlockHeader* const source = place->source;
      *to = place;
      return source;
    }
    give_back(place, emptied);
  }
  return nullptr;
}

}  // namespace framealloc::detail
