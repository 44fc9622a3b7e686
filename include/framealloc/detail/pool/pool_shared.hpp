// SPDX-License-Identifier: MIT OR Apache-2.0
// What the threads of one allocator share of its pool: pages, orphans, totals.
#pragma once

#include <framealloc/budget.hpp>
#include <framealloc/deferred.hpp>
#include <framealloc/detail/account/ledger.hpp>
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/base/atomic_pointer.hpp>
#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/event_hub.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/memory/pressure_monitor.hpp>
#include <framealloc/detail/memory/reclaim_loop.hpp>
#include <framealloc/detail/pool/block_guard.hpp>
#include <framealloc/detail/pool/block_record.hpp>
#include <framealloc/detail/pool/chunk_registry.hpp>
#include <framealloc/detail/pool/damage.hpp>
#include <framealloc/detail/pool/deferred_queue.hpp>
#include <framealloc/detail/pool/orphanage.hpp>
#include <framealloc/detail/pool/page_heap.hpp>
#include <framealloc/detail/pool/remote.hpp>
#include <framealloc/detail/pool/size_classes.hpp>
#include <framealloc/figures.hpp>
#include <framealloc/pressure.hpp>
#include <framealloc/report.hpp>
#include <framealloc/result.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace framealloc::detail {

class PoolThread;

struct PoolConfig {
  std::span<const std::size_t> classes;  // bytes; empty: default_slab_classes(). Copied.
  std::size_t page_size = std::size_t{64} << 10;
  std::size_t pages_per_class = 4;  // pages' worth of free blocks that a list keeps ready
  bool checked = false;             // verify every free; always on from check level 1
  bool segregate_by_tag = true;     // false: every block counts as untagged
  bool guard = false;               // patterns and quarantine; then `checked` is on too
  bool guard_fresh = true;          // new blocks get a pattern
  unsigned guard_frames = 0;        // for which huge blocks stay inaccessible; 0: they do not
  std::size_t guard_bytes = 0;      // of the quarantine
};

// Sums over all threads. Exact when no thread is allocating or freeing. Bytes include rounding.
struct PoolTotals {
  std::size_t pool_bytes = 0;
  std::size_t heap_bytes = 0;
  std::uint64_t bytes_total = 0;  // ever allocated, pool and heap
  std::uint64_t allocations = 0;  // pool and heap
  std::uint64_t frees = 0;
  // Free pages, and free blocks in pages that threads hold; 0 when read for one tag. Includes
  // blocks on their way to the thread that holds their page.
  std::size_t idle_bytes = 0;
  std::uint64_t refills = 0;       // pages that lists took; 0 when read for one tag
  std::uint64_t remote_frees = 0;  // frees of another thread's slab blocks
};

// Serves requests that slab pages cannot; implemented by heap/, which is a layer above.
class LargeBlocks {
 public:
  // Requirement: valid size and alignment. Result: null after a report; `*why` then says it too.
  [[nodiscard]] virtual void* allocate_large(PoolThread& thread, std::size_t size,
                                             std::size_t alignment, AllocKind kind,
                                             const CallSite& site, Denial* why) noexcept = 0;
  // Effect: frees a block that lies in no slab page, or reports what is wrong with the address.
  virtual void free_large(PoolThread* thread, void* block, AllocKind kind,
                          const CallSite& site) noexcept = 0;
  // Effect: releases what it keeps for the thread, if that is empty or the thread leaves.
  virtual void collect(PoolThread& thread, bool leaving) noexcept = 0;
  // Guard mode. Effect: a block leaves the quarantine; a pattern that has changed is reported.
  virtual void release_held(PoolThread* thread, void* block) noexcept = 0;
  // Effect: adds what is wrong with the patterns of its blocks, in use and in quarantine.
  virtual void check_guards(DamageList& found) noexcept = 0;

 protected:
  ~LargeBlocks() = default;
};

// One per allocator. Thread contract: any thread, unless stated otherwise.
class PoolShared {
 public:
  // Requirement: validate(config) has passed; the chunk size is at least the page size; everything
  // outlives this object. `budgets` may be null.
  PoolShared(const PoolConfig& config, LimitedSource& limited_source, ChunkPool& chunks,
             MetadataAllocator& metadata, TagTable& tags, BudgetManager* budgets, ReportSink& sink,
             const std::atomic<std::uint64_t>& frame_number) noexcept;
  // Returns every page, even with live blocks.
  ~PoolShared() { metadata_.destroy(guard_); }
  PoolShared(const PoolShared&) = delete;
  PoolShared& operator=(const PoolShared&) = delete;

  // Result: an error (FA010) that names the invalid field.
  [[nodiscard]] static Result<void> validate(const PoolConfig& config) noexcept;

  // For the inline free: masking a slab block's address gives its page.
  [[nodiscard]] std::uintptr_t page_mask() const noexcept { return page_mask_; }
  // True when every allocation and free takes the slow path and is verified.
  [[nodiscard]] bool checked() const noexcept { return checked_; }

  // True when calls of the heap must be verified or emitted.
  [[nodiscard]] bool verifies() const noexcept {
    return plain_mask_.load(std::memory_order_relaxed) == 0;
  }

  // Effect: sets the receivers of events and of pressure; null for none.
  // Requirement: before threads use the pool.
  void set_hooks(EventHub* events, PressureMonitor* pressure) noexcept {
    events_ = events;
    pressure_ = pressure;
  }
  // Effect: slow paths check whether their events have listeners. Any thread.
  void emit_events(bool on) noexcept {
    plain_mask_.store(on || checked_ ? 0 : chunk_mask_, std::memory_order_relaxed);
  }

  // Effect: returns the memory of free pages to the system; only the threads themselves can return
  // what they keep ready, see PoolThread::collect(). Result: bytes.
  std::size_t trim() noexcept { return pages_.trim(); }
  // Effect: the same, and idle chunks go back to the source.
  void trim_all() noexcept;

  [[nodiscard]] PoolTotals totals() const noexcept;
  [[nodiscard]] PoolTotals totals(TagId tag) const noexcept;
  // Result: what one thread allocated less what it freed: zero bytes if it freed more than it
  // allocated. The sums over all threads are in totals().
  [[nodiscard]] PoolTotals totals_of(const PoolThread& thread) const noexcept;
  [[nodiscard]] PoolTotals totals_of(const PoolThread& thread, TagId tag) const noexcept;
  // Result: what one thread has ever allocated and freed; usage is not attributed to threads here,
  // so bytes in use are 0.
  [[nodiscard]] PoolTotals totals(const PoolThread& thread) const noexcept;
  // Result: what threads without their own state have freed.
  [[nodiscard]] const ThreadLedger& strays() const noexcept { return strays_; }
  [[nodiscard]] const SizeClasses& classes() const noexcept { return classes_; }
  // Effect: calls visit for every slab block in use, of pool and heap. Empty unless checked().
  // `visit` runs under a lock and must not allocate or free: collect first, then report.
  void for_each_live(LiveBlockVisitor visit, void* context) noexcept;
  // Effect: calls visit for every size class that has or had pages, smallest first.
  void visit_classes(const FigureVisitor<PoolClassFigures>& visit) noexcept;
  // Guard mode. Effect: checks the patterns of all blocks, reports what was overwritten (FA008,
  // FA030). Result: number of damaged blocks; 0 when the mode is Off.
  // Requirement: no other thread writes to a block at the moment.
  std::size_t check_guards() noexcept;
  // Effect: checks the header of every page, and the free lists while frees are verified; reports
  // impossible values (FA009). Requirement: no other thread uses the pool.
  void check_structures() noexcept;
  // The same for what one thread holds ready. Thread contract: that thread.
  void check_lists(const PoolThread& thread) noexcept;
  // Effect: reports what was noted. `site` is that of the call that continues after it.
  void report_corruption(const CallSite& site = {}) noexcept {
    if (limited_source_.corruption().pending()) [[unlikely]]
      report_noted_corruption(site);
  }
  // Effect: empties the quarantine. Result: blocks that were in it.
  std::size_t flush_held(PoolThread* mine) noexcept;
  // Result: null when the guard mode is Off or memory for it was denied.
  [[nodiscard]] BlockGuard* guard() const noexcept { return guard_; }
  // Effect: replaces the policy of deferred frees. Any thread.
  void configure_deferred(const DeferredConfig& config) noexcept { deferred_.set(config); }
  [[nodiscard]] DeferredConfig deferred_config() const noexcept { return deferred_.get(); }
  [[nodiscard]] DeferredStats deferred_stats() const noexcept;
  [[nodiscard]] std::size_t orphaned_slabs() const noexcept { return orphanage_.size(); }

 private:
  friend class PoolThread;
  friend class Heap;

  [[nodiscard]] bool wants(FrameEventKind kind) const noexcept {
    return events_ != nullptr && events_->wants(kind);
  }
  void emit_block(FrameEventKind event, TagId tag, AllocKind kind, std::size_t size,
                  bool cross_thread = false, std::uint64_t count = 0) noexcept;
  void emit_batch(const PoolThread& owner, std::uint64_t blocks, std::size_t bytes) noexcept;
  void emit_taken_back(std::uint64_t blocks, std::size_t bytes) noexcept;
  void settle() noexcept {
    if (pressure_ != nullptr) pressure_->settle();
  }
  // Guard mode: guarded.cpp.
  [[nodiscard]] std::size_t with_tail(std::size_t size) const noexcept {
    return guard_ == nullptr ? size : size + BlockGuard::kTail;
  }
  void prepare_slab(SlabHeader& slab) noexcept;
  // Result: how many blocks a slab of the class has to give; a guard mode uses the first itself.
  [[nodiscard]] std::uint32_t blocks_per_slab(std::size_t class_index) const noexcept {
    const std::uint32_t all = classes_[class_index].block_count;
    return guard_ != nullptr && all > 1 ? all - 1 : all;
  }
  void guard_new_block(void* block, std::size_t size) noexcept;
  void guard_resized_block(SlabHeader* slab, void* block, std::size_t size) noexcept;
  [[nodiscard]] std::size_t size_of_block(const void* block) noexcept;
  void hold_block(PoolThread* mine, SlabHeader* slab, void* block) noexcept;
  void release_held(PoolThread* mine, const BlockGuard::Held* gone, std::size_t count) noexcept;
  void report_damage(const Damage& damage) noexcept;
  // Frees of threads that are not attached.
  void count_stray_free(const SlabHeader& slab) noexcept;
  // Effect: passes a closed batch to the owner; if the owner has left, routes each block.
  void send(PoolThread* owner, const RemoteBatch& batch) noexcept;
  void make_room(PoolThread& owner, std::size_t blocks) noexcept;
  void report_queue(const PoolThread& owner, std::string_view what, std::uint64_t depth,
                    std::size_t limit) noexcept;
  // Result: how many, and their bytes added to `*bytes`.
  std::size_t route_all(RemoteNode* first, std::size_t* bytes) noexcept;
  // Effect: passes one freed block to the thread that owns its slab now, or returns it to its page
  // if none does.
  void route(void* block) noexcept;
  void release_slab(SlabHeader* slab) noexcept;
  // Checks for impossible states: soundness.cpp. They note what they find.
  [[nodiscard]] bool is_sound(const SlabHeader& slab) noexcept;
  [[nodiscard]] bool is_block(const SlabHeader& slab, const void* address) const noexcept;
  // Requirement: the slab has a returned block. Result: whether it and its link are valid.
  [[nodiscard]] bool returned_are_sound(const SlabHeader& slab) noexcept;
  // Result: the block after the first of `count` ready blocks; null also if that is invalid.
  [[nodiscard]] FreeBlock* next_ready(const ClassList& list, FreeBlock* first,
                                      std::uint64_t count) noexcept;
  void check_slab(const SlabHeader& slab) noexcept;
  FRAMEALLOC_COLD void note_chain(std::string_view which, std::size_t block_size, TagId tag,
                                  const FreeBlock* block, std::uint64_t count) noexcept;
  FRAMEALLOC_COLD void report_noted_corruption(const CallSite& site) noexcept;
  void uncharge(TagId tag, std::size_t bytes) noexcept {
    if (budgets_ != nullptr && bytes != 0) budgets_->uncharge(tag, bytes);
  }
  // Result: true if the limit, not the source, is why bookkeeping got no memory.
  [[nodiscard]] bool limit_is_reached() const noexcept;
  [[nodiscard]] PoolTotals sum(const TagId* only, const PoolThread* alone) const noexcept;
  void report(Code code, std::string_view message, TagId tag, std::size_t requested,
              std::size_t available, const CallSite& site, const void* address = nullptr) noexcept;
  // Effect: reports what denied `bytes` under a tag, and sets `*why` (may be null) to it: a budget,
  // or the limit or the source.
  FRAMEALLOC_COLD void refuse(const Denial& denial, TagId tag, std::size_t bytes,
                              const CallSite& site, Denial* why) noexcept;
  FRAMEALLOC_COLD void refuse_memory(TagId tag, std::size_t bytes, bool denied_by_limit,
                                     const CallSite& site, Denial* why) noexcept;

  LimitedSource& limited_source_;
  MetadataAllocator& metadata_;
  TagTable& tags_;
  BudgetManager* budgets_;
  ReportSink& sink_;
  const std::atomic<std::uint64_t>& frame_number_;
  std::uintptr_t page_mask_;
  std::uintptr_t chunk_mask_;
  std::size_t pages_per_class_;
  bool eager_;  // do not keep free blocks because of recent use
  std::uint64_t tidy_budget_ns_;
  bool checked_;
  bool segregate_by_tag_;
  // Masks a block's address to where its chunk begins; 0 while calls must be verified or emitted, so
  // that the short way finds no chunk and needs no look of its own.
  std::atomic<std::uintptr_t> plain_mask_;
  EventHub* events_ = nullptr;
  PressureMonitor* pressure_ = nullptr;
  SizeClasses classes_;
  ChunkRegistry registry_;
  PageHeap pages_;
  // Slabs by class. Counted, because reading them from the pages costs a cache line of each, and
  // these lie at equal distances, so that they displace each other.
  std::atomic<std::uint32_t> slabs_[kMaxGranules] = {};
  Orphanage orphanage_;
  DeferredControl deferred_;
  LargeBlocks* large_ = nullptr;
  BlockGuard* guard_ = nullptr;
  AtomicPointer<PoolThread> threads_{nullptr};
  std::atomic<std::uint16_t> next_number_{0};

  SpinLock strays_lock_;
  ThreadLedger strays_;
  OwnedCounter stray_remote_frees_;
};

}  // namespace framealloc::detail
