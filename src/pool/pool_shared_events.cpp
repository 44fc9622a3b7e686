// SPDX-License-Identifier: MIT OR Apache-2.0
// What the pool and the heap tell of their slow paths, and the figures of one thread.
#include <framealloc/detail/pool/pool_thread.hpp>

namespace framealloc::detail {

void PoolShared::emit_block(FrameEventKind kind, TagId tag, AllocKind alloc_kind, std::size_t size,
                            bool cross_thread, std::uint64_t count) noexcept {
  if (!wants(kind)) return;
  FrameEvent event;
  event.kind = kind;
  event.alloc_kind = alloc_kind;
  event.size = size;
  event.was_cross_thread = cross_thread;
  event.count = count;
  events_->emit(event, tag);
}

void PoolShared::emit_batch(const PoolThread& owner, std::uint64_t blocks,
                            std::size_t bytes) noexcept {
  if (!wants(FrameEventKind::CrossThreadFreeQueued)) return;
  FrameEvent event;
  event.kind = FrameEventKind::CrossThreadFreeQueued;
  event.alloc_kind = AllocKind::Pool;
  event.other_thread = ThreadId{owner.id_number_.load(std::memory_order_relaxed)};
  event.was_cross_thread = true;
  event.count = blocks;
  event.size = bytes;
  events_->emit(event);
}

void PoolShared::emit_taken_back(std::uint64_t blocks, std::size_t bytes) noexcept {
  if (!wants(FrameEventKind::DeferredProcessed)) return;
  FrameEvent event;
  event.kind = FrameEventKind::DeferredProcessed;
  event.alloc_kind = AllocKind::Pool;
  event.count = blocks;
  event.size = bytes;
  events_->emit(event);
}

PoolTotals PoolShared::totals(const PoolThread& thread) const noexcept {
  PoolTotals result;
  thread.ledger_.visit_block_users([&result](const TagCounters& counters) {
    result.bytes_total += counters.heap_bytes_in.get() + counters.pool_large_bytes.get();
    result.allocations += counters.heap_allocations.get() + counters.pool_large_allocations.get();
    result.frees += counters.pool_remote_frees.get() + counters.heap_frees.get();
  });
  thread.visit_lists([&result](const ClassList& list) {
    const std::uint64_t allocations = list.allocations.get();
    result.bytes_total += allocations * list.block_size;
    result.allocations += allocations;
    result.frees += list.local_frees.get();
  });
  result.refills = thread.refills_.get();
  result.remote_frees = thread.remote_frees_.get();
  return result;
}

// Once a block is in the caller's hands: a listener may use the very list that it came from.
void PoolThread::finish_allocation(const ClassList& list, void* block, std::size_t size,
                                   bool refilled, const CallSite& site) noexcept {
  if (shared_.checked_) record_allocation(block, size, site);
  if (shared_.guard_ != nullptr) shared_.guard_new_block(block, size);
  if (refilled) shared_.settle();
  if (leaving_) return;
  shared_.report_corruption(site);
  if (refilled) {
    shared_.emit_block(FrameEventKind::SlabRefill, list.table->tag, list.table->kind,
                       list.block_size, false, list.ready());
  }
  shared_.emit_block(FrameEventKind::Alloc, list.table->tag, list.table->kind, size);
}

}  // namespace framealloc::detail
