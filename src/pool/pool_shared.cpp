// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/pool_shared.hpp>

#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/detail/memory/denial_text.hpp>
#include <framealloc/detail/pool/pool_thread.hpp>

#include <algorithm>
#include <mutex>

namespace framealloc::detail {
namespace {

void* allocate_ledger_block(void* metadata, std::size_t bytes) {
  return static_cast<MetadataAllocator*>(metadata)->allocate(bytes);
}

// What totals() adds up; bytes by kind are differences of these.
struct Sums {
  std::uint64_t pool_in = 0, pool_out = 0, heap_in = 0, heap_out = 0;
  std::uint64_t allocations = 0, frees = 0;

  void add_frees(const TagCounters& counters) noexcept {
    pool_out += counters.pool_remote_bytes.get();
    heap_out += counters.heap_bytes_out.get();
    frees += counters.pool_remote_frees.get() + counters.heap_frees.get();
  }
  void add_allocations(const TagCounters& counters) noexcept {
    pool_in += counters.pool_large_bytes.get();
    heap_in += counters.heap_bytes_in.get();
    allocations += counters.pool_large_allocations.get() + counters.heap_allocations.get();
  }
};

// Both may have wrapped around, like the counters that they are sums of; below zero is a reading
// between two counters of a thread that goes on.
std::size_t difference(std::uint64_t in, std::uint64_t out) noexcept {
  const auto held = static_cast<std::int64_t>(in - out);
  return held > 0 ? static_cast<std::size_t>(held) : 0;
}

// Calls add(counters) for one tag, or for all of them.
template <class Add>
void visit_ledger(const ThreadLedger& ledger, const TagId* only, Add&& add) {
  if (only == nullptr) {
    ledger.visit_block_users(add);
  } else if (const TagCounters* const counters = ledger.find_blocks(*only)) {
    add(*counters);
  }
}

}  // namespace

PoolShared::PoolShared(const PoolConfig& config, LimitedSource& limited_source, ChunkPool& chunks,
                       MetadataAllocator& metadata, TagTable& tags, BudgetManager* budgets,
                       ReportSink& sink, const std::atomic<std::uint64_t>& frame_number) noexcept
    : limited_source_(limited_source),
      metadata_(metadata),
      tags_(tags),
      budgets_(budgets),
      sink_(sink),
      frame_number_(frame_number),
      page_mask_(~(config.page_size - 1)),
      chunk_mask_(~(chunks.chunk_size() - 1)),
      pages_per_class_(config.pages_per_class),
      eager_(chunks.decommit().policy == DecommitPolicy::WhenEmpty),
      tidy_budget_ns_(chunks.decommit().budget_ns),
      checked_(config.checked || config.guard || kCheckLevel >= 1),
      segregate_by_tag_(config.segregate_by_tag),
      plain_mask_(checked_ ? 0 : chunk_mask_),
      classes_(config.classes, config.page_size),
      pages_(chunks, limited_source, metadata, registry_, config.page_size),
      strays_(&allocate_ledger_block, &metadata) {
  if (config.guard) {
    guard_ = metadata.create<BlockGuard>(metadata, config.guard_bytes, config.guard_fresh,
                                         config.guard_frames);
  }
}

Result<void> PoolShared::validate(const PoolConfig& config) noexcept {
  return SizeClasses::validate(config.classes, config.page_size);
}

void PoolShared::send(PoolThread* owner, const RemoteBatch& batch) noexcept {
  const std::size_t blocks = batch.count();
  const std::size_t bytes = batch.bytes();
  if (deferred_.watched.load(std::memory_order_relaxed)) [[unlikely]]
    make_room(*owner, blocks);
  if (owner->inbox_.push(batch.first(), batch.last())) {
    owner->deferred_.note_queued(blocks, bytes);
  } else {
    std::size_t routed = 0;
    route_all(batch.first(), &routed);
  }
}

std::size_t PoolShared::route_all(RemoteNode* first, std::size_t* bytes) noexcept {
  std::size_t routed = 0;
  while (first != nullptr) {
    first = visit_node(first, slab_of(first, page_mask_)->block_size, [&](void* block) {
      *bytes += slab_of(block, page_mask_)->block_size;
      ++routed;
      route(block);
    });
  }
  return routed;
}

void PoolShared::route(void* block) noexcept {
  SlabHeader* const slab = slab_of(block, page_mask_);
  const std::size_t block_size =
      slab->block_size;  // the slab may be gone once the block is on its way
  for (;;) {
    if (PoolThread* const owner = slab->owner.load(std::memory_order_acquire)) {
      RemoteBatch batch;
      batch.begin();
      batch.add(block, slab->block_size);
      batch.close();
      if (owner->inbox_.push(batch.first(), batch.last())) {
        owner->deferred_.note_queued(1, block_size);
        return;
      }
    }
    // An inbox closes under this lock, together with the change of its slabs' owner.
    std::unique_lock guard(orphanage_.lock());
    if (slab->owner.load(std::memory_order_relaxed) != nullptr) continue;
    const TagId tag = slab->tag;
    const std::size_t bytes = slab->block_size;
    const bool empty = orphanage_.return_to_page(slab, block);
    guard.unlock();
    uncharge(tag, bytes);
    if (empty) release_slab(slab);
    return;
  }
}

void PoolShared::release_slab(SlabHeader* slab) noexcept {
  if (!is_sound(*slab)) [[unlikely]] {
    slab->seal.store(0, std::memory_order_relaxed);  // nothing in it is looked at any more
    return;                                          // its class may be as wrong: still counted
  }
  slabs_[slab->class_index].fetch_sub(1, std::memory_order_relaxed);
  BlockRecord* const records = slab->records;
  const std::size_t bytes = classes_[slab->class_index].block_count * sizeof(BlockRecord);
  slab->list = nullptr;
  if (guard_ != nullptr && classes_[slab->class_index].block_count > 1) {
    guard_->release(slab->block(0) - slab->block_size, slab->block_size);  // see prepare_slab()
  }
  pages_.release(slab);
  metadata_.deallocate(records, bytes);
}

bool PoolShared::limit_is_reached() const noexcept { return metadata_.limit_is_reached(); }

void PoolShared::count_stray_free(const SlabHeader& slab) noexcept {
  const std::lock_guard guard(strays_lock_);
  TagCounters& counters = strays_.at_blocks(slab.tag);
  if (slab.kind == AllocKind::Pool) {
    counters.pool_remote_bytes.add(slab.block_size);
    counters.pool_remote_frees.add(1);
  } else {
    counters.heap_bytes_out.add(slab.block_size);
    counters.heap_frees.add(1);
  }
  stray_remote_frees_.add(1);
}

void PoolShared::trim_all() noexcept {
  pages_.trim();
  pages_.chunk_pool().trim();
}

PoolTotals PoolShared::totals() const noexcept { return sum(nullptr, nullptr); }

PoolTotals PoolShared::totals(TagId tag) const noexcept { return sum(&tag, nullptr); }

PoolTotals PoolShared::totals_of(const PoolThread& thread) const noexcept {
  return sum(nullptr, &thread);
}

PoolTotals PoolShared::totals_of(const PoolThread& thread, TagId tag) const noexcept {
  return sum(&tag, &thread);
}

PoolTotals PoolShared::sum(const TagId* only, const PoolThread* alone) const noexcept {
  const PoolThread* const threads =
      alone != nullptr ? alone : threads_.load(std::memory_order_acquire);
  Sums sums;
  PoolTotals result;
  const auto after = [alone](const PoolThread* thread) {
    return alone != nullptr ? nullptr : thread->next_;
  };
  const auto for_each_list = [&](auto&& visit) {
    for (const PoolThread* thread = threads; thread != nullptr; thread = after(thread)) {
      only == nullptr ? thread->visit_lists(visit) : thread->visit_lists(*only, visit);
    }
  };
  const auto for_each_ledger = [&](auto&& add) {
    for (const PoolThread* thread = threads; thread != nullptr; thread = after(thread)) {
      visit_ledger(thread->ledger_, only, add);
    }
    if (alone == nullptr) visit_ledger(strays_, only, add);
  };

  // Frees first: a block is counted in before it is counted out, so that threads which go on
  // in the meantime cannot make the difference negative by much. A list counts what its own thread
  // allocates and frees, so reading both in this order is enough. (A page that is adopted while the
  // lists are read may show a free whose allocation was not seen.)
  for_each_ledger([&sums](const TagCounters& counters) { sums.add_frees(counters); });
  std::size_t idle = 0;
  for_each_list([&sums, &idle](const ClassList& list) {
    const std::uint64_t frees = list.local_frees.get();
    const std::uint64_t allocations = list.allocations.get();
    const std::uint64_t bytes_in = allocations * list.block_size;
    const std::uint64_t bytes_out = frees * list.block_size;
    sums.frees += frees;
    sums.allocations += allocations;
    const bool pool = list.kind == AllocKind::Pool;
    (pool ? sums.pool_in : sums.heap_in) += bytes_in;
    (pool ? sums.pool_out : sums.heap_out) += bytes_out;
    const std::uint64_t ready = list.linked.get() + frees - allocations;
    idle += difference(ready + list.returned_blocks.get(), 0) * list.block_size;
  });
  for_each_ledger([&sums](const TagCounters& counters) { sums.add_allocations(counters); });
  if (only == nullptr) {
    result.idle_bytes = idle + (alone == nullptr ? pages_.free_bytes() : 0);
    for (const PoolThread* thread = threads; thread != nullptr; thread = after(thread)) {
      result.idle_bytes += thread->deferred_.waiting_bytes();
      result.refills += thread->refills_.get();
      result.remote_frees += thread->remote_frees_.get();
    }
    if (alone == nullptr) result.remote_frees += stray_remote_frees_.get();
  }
  result.pool_bytes = difference(sums.pool_in, sums.pool_out);
  result.heap_bytes = difference(sums.heap_in, sums.heap_out);
  result.bytes_total = sums.pool_in + sums.heap_in;
  result.allocations = sums.allocations;
  result.frees = sums.frees;
  return result;
}

void PoolShared::for_each_live(LiveBlockVisitor visit, void* context) noexcept {
  if (!checked_) return;
  pages_.for_each_slab([&](SlabHeader& slab) {
    for (std::size_t i = 0; i < slab.block_count; ++i) {
      const BlockRecord& record = slab.records[i];
      if (record.state.load(std::memory_order_acquire) != BlockState::Live) continue;
      LiveBlock live;
      live.address = slab.block(i);
      live.size = record.size.load(std::memory_order_relaxed);
      live.kind = slab.kind;
      live.tag = slab.tag;
      live.site = record.birth();
      live.frame = record.frame.load(std::memory_order_relaxed);
      visit(live, context);
    }
  });
}

void PoolShared::visit_classes(const FigureVisitor<PoolClassFigures>& visit) noexcept {
  PoolClassFigures all[kMaxGranules];
  const std::size_t count = classes_.size();
  const PoolThread* thread = threads_.load(std::memory_order_acquire);
  for (; thread != nullptr; thread = thread->next_) {
    thread->visit_lists([&](const ClassList& list) {
      PoolClassFigures& figures = all[list.class_index];
      figures.free_blocks += difference(list.ready() + list.returned_blocks.get(), 0);
      figures.allocations += list.allocations.get();
    });
  }
  for (std::size_t i = 0; i < count; ++i) {
    all[i].block_bytes = classes_[i].block_size;
    all[i].pages = slabs_[i].load(std::memory_order_relaxed);
    all[i].blocks = all[i].pages * blocks_per_slab(i);
    // Threads go on: a block may have been counted on its way from one place to another.
    all[i].free_blocks = std::min(all[i].free_blocks, all[i].blocks);
    if (all[i].pages != 0 || all[i].allocations != 0) visit(all[i]);
  }
}

void PoolShared::report(Code code, std::string_view message, TagId tag, std::size_t requested,
                        std::size_t available, const CallSite& site, const void* address) noexcept {
  const TagPath path = tags_.path(tag);
  Report report;
  report.code = code;
  report.message = message;
  report.tag = path;
  report.frame = frame_number_.load(std::memory_order_relaxed);
  report.requested = requested;
  report.available = available;
  report.address = address;
  report.site = site;
  sink_.report(report);
}

void PoolShared::refuse(const Denial& denial, TagId tag, std::size_t bytes, const CallSite& site,
                        Denial* why) noexcept {
  Denial::store(why, denial);
  report_denial(sink_, denial, tag, bytes, site, frame_number_.load(std::memory_order_relaxed),
                {tags_, budgets_, limited_source_});
}

void PoolShared::refuse_memory(TagId tag, std::size_t bytes, bool denied_by_limit,
                               const CallSite& site, Denial* why) noexcept {
  refuse(denial_of_memory(limited_source_, denied_by_limit), tag, bytes, site, why);
}

}  // namespace framealloc::detail
