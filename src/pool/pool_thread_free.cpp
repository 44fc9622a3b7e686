// SPDX-License-Identifier: MIT OR Apache-2.0
// Frees that the inline path left: of other threads' blocks, of unattached threads, verified ones.
#include <framealloc/detail/pool/pool_thread.hpp>

#include <bit>
#include <utility>

namespace framealloc::detail {
namespace {

// Appends blocks of one list after each other and puts them on the list together: the oldest freed
// is given out first again, and the lists' heads are written once per chain.
class Chain {
 public:
  void add(ClassList* list, void* block) noexcept {
    auto* const freed = static_cast<FreeBlock*>(block);
    if (list == list_) {
      last_->next = freed;
    } else {
      splice();
      list_ = list;
      first_ = freed;
    }
    last_ = freed;
    ++count_;
  }
  void splice() noexcept {
    if (list_ == nullptr) return;
    last_->next = list_->free;
    list_->free = first_;
    list_->linked.add(count_);
    list_ = nullptr;
    count_ = 0;
  }

 private:
  ClassList* list_ = nullptr;
  FreeBlock* first_ = nullptr;
  FreeBlock* last_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace

void PoolThread::free(PoolShared& shared, PoolThread* mine, void* block, AllocKind kind,
                      const CallSite& site) noexcept {
  if (block == nullptr) return;
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  // Only a block that has whole chunks to itself begins where a chunk does.
  if ((address & ~shared.chunk_mask_) != 0) {
    const auto* const head = reinterpret_cast<const SlabHeader*>(address & shared.chunk_mask_);
    const bool in_slab =
        shared.checked_ ? shared.pages_.owns(block)
                        : head->chunk_kind.load(std::memory_order_relaxed) == ChunkKind::kSlabs;
    if (in_slab) return free_slab_block(shared, mine, block, kind, site);
  }
  if (shared.large_ != nullptr) return shared.large_->free_large(mine, block, kind, site);
  shared.report(Code::FA006, "the address is not of a block of this allocator", TagId::Untagged, 0,
                0, site, block);
}

// What follows calls in tail position only, so that the usual remote free saves no registers.

void PoolThread::free_slab_block(PoolShared& shared, PoolThread* mine, void* block, AllocKind kind,
                                 const CallSite& site) noexcept {
  SlabHeader* const slab = slab_of(block, shared.page_mask_);
  if (shared.verifies() || block == nullptr || mine == nullptr ||
      slab->seal.load(std::memory_order_relaxed) != SlabHeader::kSeal) [[unlikely]] {
    return free_unusual(shared, mine, slab, block, kind, site);
  }
  PoolThread* const owner = slab->owner.load(std::memory_order_acquire);
  if (owner == mine) return mine->free_own(slab, block);
  mine->free_remote(slab, owner, block);
}

FRAMEALLOC_NOINLINE void PoolThread::free_unusual(PoolShared& shared, PoolThread* mine,
                                                  SlabHeader* slab, void* block, AllocKind kind,
                                                  const CallSite& site) noexcept {
  if (block == nullptr) return;
  if (shared.checked_) {
    if (!verify_free(shared, block, kind, site)) return;
  } else if (slab->seal.load(std::memory_order_relaxed) != SlabHeader::kSeal) {
    return shared.report(Code::FA006, "the address is not of a block of this allocator",
                         TagId::Untagged, 0, 0, site, block);
  }
  if (!shared.wants(FrameEventKind::Free) || (mine != nullptr && mine->leaving_)) {
    return free_valid(shared, mine, slab, block);
  }
  // The slab may be gone once the block is on its way.
  const std::size_t bytes = slab->block_size;
  const TagId tag = slab->tag;
  const AllocKind of = slab->kind;
  const bool cross_thread = mine == nullptr || slab->owner.load(std::memory_order_relaxed) != mine;
  free_valid(shared, mine, slab, block);
  shared.emit_block(FrameEventKind::Free, tag, of, bytes, cross_thread);
}

void PoolThread::free_valid(PoolShared& shared, PoolThread* mine, SlabHeader* slab,
                            void* block) noexcept {
  if (shared.guard_ != nullptr) return shared.hold_block(mine, slab, block);
  if (mine == nullptr) {
    shared.count_stray_free(*slab);
    if (shared.deferred_.watched.load(std::memory_order_relaxed)) {
      PoolThread* const owner = slab->owner.load(std::memory_order_acquire);
      if (owner != nullptr) shared.make_room(*owner, 1);
    }
    return shared.route(block);
  }
  PoolThread* const owner = slab->owner.load(std::memory_order_acquire);
  if (owner == mine) return mine->free_own(slab, block);
  mine->free_remote(slab, owner, block);
}

inline void PoolThread::free_own(SlabHeader* slab, void* block) noexcept {
  slab->list->push(block);
}

inline void PoolThread::free_remote(SlabHeader* slab, PoolThread* owner, void* block) noexcept {
  const std::size_t entry = slab->owner_number.load(std::memory_order_relaxed) % kOutgoing;
  Outgoing& outgoing = outgoing_[entry];
  // No entry has the owner of an orphaned slab, which is null.
  if (outgoing.owner != owner || outgoing.counted != counted_as(*slab) ||
      !outgoing.batch.try_add(block, slab->block_size)) [[unlikely]] {
    return free_remote_slow(outgoing, slab, block);
  }
  outgoing.bytes->add(slab->block_size);
  outgoing.frees->increment();
}

FRAMEALLOC_NOINLINE void PoolThread::free_remote_slow(Outgoing& outgoing, SlabHeader* slab,
                                                      void* block) noexcept {
  freed_bytes(*slab).add(slab->block_size);
  freed_blocks(*slab).add(1);
  PoolThread* const owner = slab->owner.load(std::memory_order_acquire);
  if (owner == nullptr) {
    remote_frees_.add(1);
    return shared_.route(block);
  }
  Sent sent;
  if (outgoing.owner != owner || outgoing.batch.full()) {
    sent = flush(outgoing);
    outgoing.owner = owner;
    outgoing.batch.begin(shared_.deferred_.most_in_batch());
    outgoing_used_ |= std::uint32_t{1} << (&outgoing - outgoing_);
  }
  if (outgoing.counted != counted_as(*slab) || outgoing.bytes == nullptr) {
    outgoing.counted = counted_as(*slab);
    outgoing.bytes = &freed_bytes(*slab);
    outgoing.frees = &freed_blocks(*slab);
  }
  outgoing.batch.add(block, slab->block_size);
  emit(sent);
}

OwnedCounter& PoolThread::freed_bytes(const SlabHeader& slab) noexcept {
  TagCounters& counters = ledger_.at_blocks(slab.tag);
  return slab.kind == AllocKind::Pool ? counters.pool_remote_bytes : counters.heap_bytes_out;
}

OwnedCounter& PoolThread::freed_blocks(const SlabHeader& slab) noexcept {
  TagCounters& counters = ledger_.at_blocks(slab.tag);
  return slab.kind == AllocKind::Pool ? counters.pool_remote_frees : counters.heap_frees;
}

FRAMEALLOC_NOINLINE PoolThread::Sent PoolThread::flush(Outgoing& outgoing) noexcept {
  if (outgoing.owner == nobody()) return {};
  outgoing.batch.close();
  remote_frees_.add(outgoing.batch.count());
  const RemoteBatch batch = outgoing.batch;
  PoolThread* const owner = std::exchange(outgoing.owner, nobody());
  outgoing_used_ &= ~(std::uint32_t{1} << (&outgoing - outgoing_));
  shared_.send(owner, batch);
  return {owner, batch.count(), batch.bytes()};
}

void PoolThread::flush() noexcept {
  while (outgoing_used_ != 0) emit(flush(outgoing_[std::countr_zero(outgoing_used_)]));
}

std::size_t PoolThread::drain(std::size_t max_blocks) noexcept {
  const std::uintptr_t mask = shared_.page_mask_;
  std::size_t done = 0;
  std::size_t bytes = 0;
  Chain chain;
  const auto take = [&](void* block) {
    SlabHeader* const slab = slab_of(block, mask);
    bytes += slab->block_size;
    if (slab->owner.load(std::memory_order_relaxed) == this) [[likely]] {
      chain.add(slab->list, block);
    } else {
      shared_.route(block);  // the slab has changed hands meanwhile
    }
    ++done;
  };
  while (done < max_blocks) {
    if (pending_ == nullptr) {
      pending_ = inbox_.take_all();
      if (pending_ == nullptr) break;
    }
    const std::size_t block_size = slab_of(pending_, mask)->block_size;
    const std::size_t capacity = RemoteNode::capacity(block_size);
    if (max_blocks - done > capacity) {
      pending_ = visit_node(pending_, block_size, take);
      continue;
    }
    // Not all of the node may fit: its last addresses go first, its own block after them.
    std::size_t carried = 0;
    while (carried < capacity && pending_->blocks[carried] != nullptr) ++carried;
    while (carried != 0 && done < max_blocks) {
      void* const block = pending_->blocks[--carried];
      pending_->blocks[carried] = nullptr;
      take(block);
    }
    if (done < max_blocks) pending_ = visit_node(pending_, block_size, take);
  }
  chain.splice();
  if (done != 0) {
    deferred_.note_processed(done, bytes);
    if (shared_.verifies() && !leaving_) shared_.emit_taken_back(done, bytes);
  }
  return done;
}

}  // namespace framealloc::detail
