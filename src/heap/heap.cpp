// SPDX-License-Identifier: MIT OR Apache-2.0
// What spans and runs have in common: finding out which it is, accounting, enumeration.
#include <framealloc/detail/heap/heap.hpp>

#include <framealloc/align.hpp>

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <optional>

namespace framealloc::detail {

Heap::Heap(PoolShared& shared, ChunkPool& chunks, MetadataAllocator& metadata,
           BudgetManager* budgets, const std::atomic<std::uint64_t>& frame_number) noexcept
    : shared_(shared),
      chunk_pool_(chunks),
      metadata_(metadata),
      budgets_(budgets),
      frame_number_(frame_number),
      largest_span_(SpanChunk::largest_block(chunks.chunk_size())) {
  shared.large_ = this;
}

Heap::~Heap() {
  shared_.large_ = nullptr;
  expire_runs(true);
  while (SpanChunk* const chunk = chunks_) {
    unlink(chunk);
    destroy_chunk(chunk);
  }
  while (Run* const run = runs_) {
    unlink(run);
    shared_.registry_.erase(run->region);
    chunk_pool_.release_run(run->base, run->run_bytes);
    metadata_.destroy(run);
  }
}

void* Heap::allocate_large(PoolThread& thread, std::size_t size, std::size_t alignment,
                           AllocKind kind, const CallSite& site, Denial* why) noexcept {
  thread.answer_recall();
  // Pool blocks are counted in a table, which the untagged one stands in for when memory is short.
  PoolTable* table = nullptr;
  if (kind == AllocKind::Pool) {
    table = thread.table_for_allocation(kind);
    if (table == nullptr) {
      shared_.refuse_memory(thread.tag_, size, shared_.limit_is_reached(), site, why);
      return nullptr;
    }
  }
  const Request request{thread,
                        size,
                        align_up(std::max<std::size_t>(shared_.with_tail(size), 1), kGranule),
                        alignment,
                        table != nullptr ? table->tag : thread.tag_,
                        kind,
                        site};
  if (kind == AllocKind::Pool && !thread.within_limit(request.bytes, site, why)) return nullptr;
  if (!charge(request, why)) return nullptr;

  const bool in_span = request.bytes <= largest_span_ && alignment <= chunk_pool_.chunk_size() / 4;
  bool denied_by_limit = false;
  for (ReclaimLoop reclaim(shared_.pressure_);;) {
    void* const block = in_span ? allocate_span(request, &denied_by_limit)
                                : allocate_run(request, &denied_by_limit);
    if (block != nullptr) {
      count_in(request);
      if (shared_.guard_ != nullptr) shared_.guard_->begin_life(block, size, request.bytes);
      shared_.settle();
      if (shared_.verifies()) {
        shared_.emit_block(FrameEventKind::LargeAllocation, request.tag, kind, request.bytes);
        shared_.emit_block(FrameEventKind::Alloc, request.tag, kind, request.bytes);
      }
      return block;
    }
    if (shared_.guard_ != nullptr) expire_runs(true);
    if (!reclaim.more(request.bytes, denied_by_limit)) break;
  }
  shared_.uncharge(request.tag, request.bytes);
  shared_.refuse_memory(request.tag, size, denied_by_limit, site, why);
  return nullptr;
}

Region* Heap::region_of(const void* block) noexcept {
  return shared_.registry_.find(reinterpret_cast<std::uintptr_t>(block) & shared_.chunk_mask_);
}

SpanChunk& Heap::span_chunk_of(Region& region) noexcept {
  return *reinterpret_cast<SpanChunk*>(region.address);
}

// The region is the run's first member.
Run& Heap::run_of(Region& region) noexcept { return *reinterpret_cast<Run*>(&region); }

void Heap::free_large(PoolThread* thread, void* block, AllocKind kind,
                      const CallSite& site) noexcept {
  Region* const region = region_of(block);
  if (region != nullptr && region->kind == RegionKind::SpanChunk) {
    return free_span(thread, span_chunk_of(*region), block, kind, site);
  }
  if (region != nullptr && region->kind == RegionKind::Run &&
      region->address == reinterpret_cast<std::uintptr_t>(block)) {
    return free_run(thread, run_of(*region), kind, site);
  }
  shared_.report(Code::FA006, "the address is not of a block of this allocator", TagId::Untagged, 0,
                 0, site, block);
}

bool Heap::try_resize(PoolThread* mine, void* block, std::size_t size) noexcept {
  Region* const region = region_of(block);
  if (region == nullptr || size > kMaxRequest) return false;
  const std::size_t bytes = align_up(std::max<std::size_t>(shared_.with_tail(size), 1), kGranule);
  switch (region->kind) {
    case RegionKind::SlabChunk: {
      SlabHeader* const slab = slab_of(block, shared_.page_mask_);
      if (bytes > slab->block_size) return false;
      if (shared_.guard_ != nullptr) shared_.guard_resized_block(slab, block, size);
      if (shared_.checked_) PoolThread::record_resize(slab, block, size);
      return true;
    }
    case RegionKind::SpanChunk:
      return resize_span(mine, span_chunk_of(*region), block, bytes, size);
    case RegionKind::Run:
      return resize_run(mine, run_of(*region), bytes, size);
  }
  return false;
}

Heap::Found Heap::find(const void* block) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  const std::uintptr_t start = address & shared_.chunk_mask_;
  const std::optional<RegionKind> kind = shared_.registry_.kind_at(start);
  if (!kind.has_value() || (*kind == RegionKind::Run && address != start)) return {};
  // What lies behind the request is a zone in a guard mode.
  const bool guarded = shared_.guard_ != nullptr;
  switch (*kind) {
    case RegionKind::SlabChunk: {
      const SlabHeader* const slab = slab_of(block, shared_.page_mask_);
      return {true, guarded ? shared_.size_of_block(block) : slab->block_size, slab->tag,
              slab->block_size};
    }
    case RegionKind::SpanChunk: {
      SpanChunk& chunk = span_chunk_of(*region_of(block));
      const std::size_t index = chunk.index_of(block);
      const std::lock_guard guard(chunk.lock());
      if (index == SpanChunk::kNone) return {};
      const Span& span = chunk.span(index);
      return {true, guarded ? span_size(chunk, index) : span.bytes, span.tag, span.bytes};
    }
    case RegionKind::Run: {
      const Run& run = run_of(*region_of(block));
      return {true, guarded ? run.size : run.bytes, run.tag, run.bytes};
    }
  }
  return {};
}

SlabHeader* Heap::search_plain_slab(const void* block) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  const std::optional<RegionKind> kind = shared_.registry_.kind_at(address & shared_.chunk_mask_);
  if (kind != RegionKind::SlabChunk || shared_.verifies()) return nullptr;
  return slab_of(block, shared_.page_mask_);
}

bool Heap::owns(const void* block) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  const std::uintptr_t start = address & shared_.chunk_mask_;
  const std::optional<RegionKind> kind = shared_.registry_.kind_at(start);
  return kind.has_value() && (*kind != RegionKind::Run || address == start);
}

void Heap::for_each_live(LiveBlockVisitor visit, void* context) noexcept {
  if (!shared_.checked_) return;
  for (SpanChunk* chunk = pin_next(nullptr); chunk != nullptr;) {
    visit_spans(*chunk, visit, context);
    SpanChunk* const next = pin_next(chunk);
    let_go(chunk);
    chunk = next;
  }
  const std::lock_guard guard(lock_);
  for (const Run* run = runs_; run != nullptr; run = run->next) {
    LiveBlock live;
    live.address = reinterpret_cast<const void*>(run->region.address);
    live.size = shared_.guard_ != nullptr ? run->size : run->bytes;
    live.kind = run->kind;
    live.tag = run->tag;
    live.site = run->site;
    live.frame = run->frame;
    visit(live, context);
  }
}

bool Heap::charge(const Request& request, Denial* why) noexcept {
  if (budgets_ == nullptr) return true;
  Denial denial;
  if (budgets_->charge(request.tag, request.bytes, request.bytes, &denial) != 0) return true;
  shared_.refuse(denial, request.tag, request.bytes, request.site, why);
  return false;
}

void Heap::count_in(const Request& request) noexcept {
  TagCounters& counters = request.thread.ledger_.at_blocks(request.tag);
  if (request.kind == AllocKind::Pool) {
    counters.pool_large_bytes.add(request.bytes);
    counters.pool_large_allocations.add(1);
    return;
  }
  counters.heap_bytes_in.add(request.bytes);
  counters.heap_allocations.add(1);
}

namespace {

void add_free(TagCounters& counters, AllocKind kind, std::size_t bytes) noexcept {
  if (kind == AllocKind::Pool) {
    counters.pool_remote_bytes.add(bytes);
    counters.pool_remote_frees.add(1);
  } else {
    counters.heap_bytes_out.add(bytes);
    counters.heap_frees.add(1);
  }
}

void add_resize(TagCounters& counters, AllocKind kind, std::size_t before,
                std::size_t after) noexcept {
  if (kind == AllocKind::Pool) {
    counters.pool_remote_bytes.add(before);
    counters.pool_remote_bytes.sub(after);
  } else if (after > before) {
    counters.heap_bytes_in.add(after - before);
  } else {
    counters.heap_bytes_out.add(before - after);
  }
}

}  // namespace

void Heap::count_out(PoolThread* thread, TagId tag, AllocKind kind, std::size_t bytes) noexcept {
  shared_.uncharge(tag, bytes);
  if (thread != nullptr) return add_free(thread->ledger_.at_blocks(tag), kind, bytes);
  const std::lock_guard guard(shared_.strays_lock_);
  add_free(shared_.strays_.at_blocks(tag), kind, bytes);
}

bool Heap::count_resize(PoolThread* thread, TagId tag, AllocKind kind, std::size_t before,
                        std::size_t after) noexcept {
  if (after > before && budgets_ != nullptr) {
    const std::size_t more = after - before;
    if (budgets_->remaining(tag) < more || budgets_->charge(tag, more, more, nullptr) == 0) {
      return false;
    }
  } else if (after < before) {
    shared_.uncharge(tag, before - after);
  }
  if (thread != nullptr) {
    add_resize(thread->ledger_.at_blocks(tag), kind, before, after);
  } else {
    const std::lock_guard guard(shared_.strays_lock_);
    add_resize(shared_.strays_.at_blocks(tag), kind, before, after);
  }
  return true;
}

}  // namespace framealloc::detail
