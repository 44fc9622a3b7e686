// SPDX-License-Identifier: MIT OR Apache-2.0
// Frees that the inline path left: of other threads' blocks, of unattached threads, verified ones.
#include <framealloc/pool/pool_thread.hpp>

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
    list_->linked += count_;
    list_ = nullptr;
    count_ = 0;
  }

 private:
  ClassList* list_ = nullptr;
  FreeBlock* first_ = nullptr;
  FreeBlock* last_ = nullptr;
  std::size_t count_ = 0;
};

std::size_t outgoing_slot(const PoolThread* owner, std::size_t slots) noexcept {
  const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(owner));
  return static_cast<std::size_t>((address * 0x9e3779b97f4a7c15U) >> 48) % slots;
}

}  // namespace

void PoolThread::free(PoolShared& shared, PoolThread* mine, void* block, AllocKind kind,
                      const CallSite& site) noexcept {
  if (block == nullptr) return;
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  // Only a block that has whole chunks to itself begins where a chunk does.
  if ((address & ~shared.chunk_mask_) != 0) {
    const auto* const head = reinterpret_cast<const SlabHeader*>(address & shared.chunk_mask_);
    const bool in_slab = shared.checked_
                             ? shared.pages_.owns(block)
                             : head->chunk_kind.load(std::memory_order_relaxed) == ChunkKind::Slabs;
    if (in_slab) return free_slab_block(shared, mine, block, kind, site);
  }
  if (shared.large_ != nullptr) return shared.large_->free_large(mine, block, kind, site);
  shared.report(Code::FA006, "the address is not of a block of this allocator", TagId::Untagged, 0,
                0, site, block);
}

void PoolThread::free_slab_block(PoolShared& shared, PoolThread* mine, void* block, AllocKind kind,
                                 const CallSite& site) noexcept {
  if (block == nullptr) return;
  SlabHeader* const slab = slab_of(block, shared.page_mask_);
  if (shared.checked_) {
    if (!verify_free(shared, block, kind, site)) return;
  } else if (slab->seal.load(std::memory_order_relaxed) != SlabHeader::kSeal) [[unlikely]] {
    shared.report(Code::FA006, "the address is not of a block of this allocator", TagId::Untagged,
                  0, 0, site, block);
    return;
  }
  if (mine == nullptr) {
    shared.count_stray_free(*slab);
    shared.route(block);
  } else if (slab->owner.load(std::memory_order_relaxed) == mine) {
    ClassList* const list = slab->list;
    auto* const freed = static_cast<FreeBlock*>(block);
    freed->next = list->free;
    list->free = freed;
    list->local_frees.increment();
  } else {
    mine->free_remote(slab, block);
  }
}

void PoolThread::free_remote(SlabHeader* slab, void* block) noexcept {
  TagCounters& counters = ledger_.at(slab->tag);
  if (slab->kind == AllocKind::Pool) {
    counters.pool_remote_bytes.add(slab->block_size);
    counters.pool_remote_frees.increment();
  } else {
    counters.heap_bytes_out.add(slab->block_size);
    counters.heap_frees.increment();
  }
  remote_frees_.increment();
  send_later(slab, block);
}

void PoolThread::send_later(SlabHeader* slab, void* block) noexcept {
  PoolThread* const owner = slab->owner.load(std::memory_order_relaxed);
  if (owner == nullptr) return shared_.route(block);
  Outgoing& outgoing = outgoing_[outgoing_slot(owner, kOutgoing)];
  if (outgoing.owner != owner) [[unlikely]] {
    flush(outgoing);
    outgoing.owner = owner;
  }
  outgoing.batch.add(block, slab->block_size);
  ++outgoing_count_;
  if (outgoing.batch.full()) [[unlikely]]
    flush(outgoing);
}

void PoolThread::flush(Outgoing& outgoing) noexcept {
  if (outgoing.batch.empty()) return;
  outgoing.batch.close();
  outgoing_count_ -= outgoing.batch.count();
  RemoteNode* const first = outgoing.batch.first();
  RemoteNode* const last = outgoing.batch.last();
  outgoing.batch.clear();
  shared_.send(outgoing.owner, first, last);
}

void PoolThread::flush() noexcept {
  if (outgoing_count_ == 0) return;
  for (Outgoing& outgoing : outgoing_) flush(outgoing);
}

void PoolThread::accept(void* const* blocks, std::size_t count) noexcept {
  Chain chain;
  for (std::size_t i = 0; i < count; ++i) {
    SlabHeader* const slab = slab_of(blocks[i], shared_.page_mask_);
    if (slab->owner.load(std::memory_order_relaxed) == this) {
      chain.add(slab->list, blocks[i]);
    } else {
      send_later(slab, blocks[i]);  // the slab has changed hands meanwhile
    }
  }
  chain.splice();
}

std::size_t PoolThread::drain(std::size_t max_blocks) noexcept {
  std::size_t done = 0;
  while (done < max_blocks) {
    if (pending_ == nullptr) {
      pending_ = inbox_.take_all();
      if (pending_ == nullptr) break;
    }
    RemoteNode* const node = pending_;
    const RemoteNode copy = read_node(node, shared_.page_mask_);
    void* blocks[RemoteNode::kMostAddresses + 1] = {node};
    std::size_t count = 1;
    for (void* const block : copy.blocks) {
      if (block == nullptr) break;
      blocks[count++] = block;
    }
    const std::size_t room = max_blocks - done;
    if (count <= room) {
      pending_ = copy.next;
      accept(blocks, count);
      done += count;
    } else {
      // The node stays with the addresses that are left; its own block goes last.
      node->blocks[count - room - 1] = nullptr;
      accept(blocks + (count - room), room);
      done += room;
    }
  }
  return done;
}

}  // namespace framealloc::detail
