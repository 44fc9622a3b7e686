// SPDX-License-Identifier: MIT OR Apache-2.0
// The state that all copies of one SmartAlloc share. Owns everything the allocator has; two
// instances share nothing but the process-wide table of threads.
#pragma once

#include <framealloc/budget.hpp>
#include <framealloc/config.hpp>
#include <framealloc/detail/account/device_register.hpp>
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/arena/frame_guard.hpp>
#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/detail/frame/frame_clock.hpp>
#include <framealloc/detail/frame/phase.hpp>
#include <framealloc/detail/heap/heap.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/event_hub.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/memory/pressure_monitor.hpp>
#include <framealloc/detail/memory/shared_ledger.hpp>
#include <framealloc/detail/pool/pool_shared.hpp>
#include <framealloc/detail/thread/frame_watcher.hpp>
#include <framealloc/detail/thread/instance_head.hpp>
#include <framealloc/detail/thread/lifecycle.hpp>
#include <framealloc/detail/thread/thread_reclaimer.hpp>
#include <framealloc/detail/thread/thread_services.hpp>
#include <framealloc/detail/thread/thread_state.hpp>
#include <framealloc/figures.hpp>
#include <framealloc/pressure.hpp>
#include <framealloc/report.hpp>
#include <framealloc/stats.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc::detail {

class Instance : public InstanceHead {
 public:
  // Result: an instance with one reference; null when the configuration is invalid (FA010) or the
  // source has no memory for it (FA012); `*why` then says which.
  [[nodiscard]] static Instance* create(const AllocConfig& wanted, Error* why) noexcept;
  void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  // Result: true when the last reference went; the caller then calls destroy().
  [[nodiscard]] bool release() noexcept {
    return references_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }
  // Effect: ends open frames (pending destructors run), then returns everything to the source, live
  // blocks too. Requirement: no other thread uses the allocator any more.
  void destroy() noexcept;
  // Effect: ends what is open, so a leak report sees only leaks.
  void close_frames() noexcept;

  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Copied by the handle, so a hot call needs one load less.
  [[nodiscard]] std::size_t tls_slot() const noexcept { return tls_slot_; }
  [[nodiscard]] std::uintptr_t page_mask() const noexcept { return pools_.page_mask(); }

  // Result: the calling thread's state; null when it has none yet.
  [[nodiscard]] ThreadState* find_state() const noexcept {
    if (tls_slot_ != kSharedTlsSlot) [[likely]]
      return tls_table().slots[tls_slot_].state;
    return find_state_elsewhere();
  }
  // Result: the calling thread's state, made on demand; null when memory for it is short
  // (reported).
  [[nodiscard]] ThreadState* state() noexcept {
    ThreadState* mine = find_state();
    return mine != nullptr ? mine : attach();
  }
  // Effect: if the calling thread ends and is just handing its state back, calls `end` once it has,
  // because an object of the thread's last frame held the last handle. Result: whether it is.
  [[nodiscard]] bool postpone_end(void (*end)(Instance&)) noexcept;
  // The same for a block that goes: null, and no report, when memory for the state is short, which
  // must not stop a free.
  [[nodiscard]] ThreadState* state_to_free() noexcept {
    ThreadState* mine = find_state();
    return mine != nullptr ? mine : try_attach();
  }
  // Called when the thread of `state` ends.
  void retire(ThreadState* state) noexcept;

  // Frames. Unbalanced calls are reported as FA004 and change nothing.
  void begin_frame() noexcept {
    ThreadState* const mine = find_state();
    if (mine != nullptr && mine->shared_arena().begins_fast() && has_no_mode())
      return begin_frame_fast(mine->shared_arena());
    begin_frame_slow(mine);
  }
  void end_frame() noexcept {
    ThreadState* const mine = find_state();
    if (mine != nullptr && mine->shared_arena().ends_fast() && has_no_mode())
      return end_frame_fast(mine->shared_arena());
    end_frame_slow(mine);
  }
  // The parts of these, for a caller that already has the shared arena.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool has_no_mode() const noexcept {
    return is_zero_relaxed(modes_);
  }
  FRAMEALLOC_ALWAYS_INLINE void begin_frame_fast(FrameArena& arena) noexcept {
    const std::uint64_t clock = clock_.begin();
    arena.reenter(clock);
    frame_number_.store(clock >> 1, std::memory_order_relaxed);
  }
  FRAMEALLOC_ALWAYS_INLINE void end_frame_fast(FrameArena& arena) noexcept {
    if (!clock_.end_alone()) [[unlikely]]
      return end_frame_of_others(arena);
    arena.leave();
    if (--maintenance_in_ == 0) [[unlikely]]
      maintain();
  }
  // `mine` is the calling thread's state as its table shows it; null when it shows none.
  FRAMEALLOC_COLD void begin_frame_slow(ThreadState* mine) noexcept;
  FRAMEALLOC_COLD void end_frame_slow(ThreadState* mine) noexcept;
  // Effect: frames take the longer path, which handles barriers and deferred frees. Any
  // thread.
  void watch_boundaries() noexcept {
    services_.watch_boundaries();
    modes_.fetch_or(kDeferredPolicy, std::memory_order_relaxed);
  }
  void begin_thread_frame() noexcept;
  void end_thread_frame() noexcept;
  [[nodiscard]] std::uint64_t frame_number() const noexcept { return frame_of(clock_.now()); }
  [[nodiscard]] std::size_t frame_remaining() noexcept;
  // Effect: so much was in use at some moment, as AllocStats::peak_allocated will know. Any thread.
  void note_peak(std::size_t bytes) noexcept;
  // Effect: while on, frames begin and end the long way, where hooks are called. The driving
  // thread.
  void hook_boundaries(bool on) noexcept;
  // Effect: while on, every frame call of every thread is counted (and slower: it takes the slow
  // path).
  void count_frame_calls(bool on) noexcept;

  // Effect: sends frames and the events in them to `observer` (may be null) and to all subscribers;
  // resets the statistics of threads. The driving thread.
  void track_lifecycle(EventObserver* observer) noexcept;
  void untrack_lifecycle() noexcept;
  // Effect: calls `watcher` from now on when a shared frame has ended; null for none. It must live
  // until it is replaced. The driving thread.
  void watch_frames(FrameWatcher* watcher) noexcept;
  [[nodiscard]] FrameWatcher* frame_watcher() const noexcept {
    return watcher_.load(std::memory_order_acquire);
  }
  [[nodiscard]] EventHub& events() noexcept { return events_; }
  [[nodiscard]] const EventHub& events() const noexcept { return events_; }
  [[nodiscard]] PressureMonitor& pressure() noexcept { return pressure_; }
  [[nodiscard]] ThreadReclaimer& reclaimer() noexcept { return reclaimer_; }
  // Effect: `own` is null for the shared frame.
  void emit_frame_begin(std::uint64_t number, ThreadState* own) noexcept;
  void emit_own_frame_end(ThreadState& state, std::uint64_t clock, std::uint64_t began_ns) noexcept;
  // Effect: reports noted pressure at the end of the call. For places that must not report yet.
  void note_acquired() noexcept {
    if (limited_source_.crossing_due()) modes_.fetch_or(kPressureDue, std::memory_order_release);
  }
  // Effect: the open frame, or else the next, ends on the general path. Any thread.
  void leave_fast_boundary() noexcept { modes_.fetch_or(kPressureDue, std::memory_order_relaxed); }
  // Effect: reports noted pressure. Requirement: no lock is held.
  void settle() noexcept {
    if ((modes_.load(std::memory_order_relaxed) & kPressureDue) != 0) {
      // Acquire: what is due is seen once the bit is gone.
      modes_.fetch_and(~std::uint32_t{kPressureDue}, std::memory_order_acquire);
    }
    pressure_.settle();
  }

  // Effect: gives back what is not needed now. Result: bytes given back to the source.
  std::size_t trim() noexcept;
  // Effect: chunks of dead frames of this thread and of threads that ended, and empty pages, lie
  // idle or go back.
  void release_unused() noexcept;

  void report(Code code, std::string_view message, TagId tag = TagId::Untagged,
              std::size_t requested = 0, std::size_t available = 0, const CallSite& site = {},
              const void* address = nullptr) noexcept;
  void report_denial(const Denial& why, TagId tag, std::size_t requested,
                     const CallSite& site) noexcept;

  [[nodiscard]] AllocStats stats() noexcept;
  [[nodiscard]] FrameStats frame_stats() const noexcept;
  [[nodiscard]] TagStats tag_stats(TagId tag) const;
  // Result: the same as plain values, without the texts. Allocates nothing.
  [[nodiscard]] TagFigures tag_figures(TagId tag) const noexcept;
  // Effect: visits every tag, every attached thread (newest first), every budget. The time is
  // linear in the cells that hold something; allocates nothing. Any thread; no lock is held while
  // `visit` runs.
  void visit_tags(const FigureVisitor<TagFigures>& visit) const;
  void visit_threads(const FigureVisitor<ThreadFigures>& visit) const;
  void visit_budgets(const FigureVisitor<BudgetFigures>& visit) const;
  // Result: bytes of all kinds that the tag holds now. Allocates nothing.
  [[nodiscard]] std::size_t bytes_of(TagId tag) const noexcept;
  // Result: the tag that holds most, and in `*bytes` how much; of those whose bytes count for the
  // budget of `*under`, unless that is null. Allocates nothing.
  [[nodiscard]] TagId holder_of_most(std::size_t* bytes, const TagId* under) const noexcept;
  // Result: the thread that holds most of the tag's frame, pool and heap bytes, and in `*bytes` how
  // much; null when none holds any. Allocates nothing.
  [[nodiscard]] const ThreadState* thread_with_most(TagId tag, std::size_t* bytes) const noexcept;
  // Result: whether the address lies in a chunk of frame memory: any chunk of the calling thread,
  // or the current ones of other threads.
  [[nodiscard]] bool is_frame_memory(const void* address) const noexcept;
  [[nodiscard]] TagStats tag_stats(std::string_view tag) const;

  [[nodiscard]] const AllocConfig& config() const noexcept { return config_; }
  [[nodiscard]] LimitedSource& limited_source() noexcept { return limited_source_; }
  [[nodiscard]] MetadataAllocator& metadata() noexcept { return metadata_; }
  [[nodiscard]] ChunkPool& chunks() noexcept { return chunks_; }
  [[nodiscard]] TagTable& tags() noexcept { return tags_; }
  [[nodiscard]] const TagTable& tags() const noexcept { return tags_; }
  [[nodiscard]] BudgetManager* budgets() const noexcept { return budgets_; }
  [[nodiscard]] PoolShared& pools() noexcept { return pools_; }
  [[nodiscard]] const PoolShared& pools() const noexcept { return pools_; }
  [[nodiscard]] Heap& heap() noexcept { return heap_; }
  // Result: null when the guard mode is Off.
  [[nodiscard]] FrameGuard* frame_guard() const noexcept { return frame_guard_; }
  [[nodiscard]] FrameClock& clock() noexcept { return clock_; }
  [[nodiscard]] const FrameClock& clock() const noexcept { return clock_; }
  [[nodiscard]] PhaseTable& phases() noexcept { return phases_; }
  [[nodiscard]] const PhaseTable& phases() const noexcept { return phases_; }
  [[nodiscard]] ReportSink& sink() noexcept { return sink_; }
  [[nodiscard]] DeviceRegister& devices() noexcept { return devices_; }
  [[nodiscard]] const DeviceRegister& devices() const noexcept { return devices_; }
  [[nodiscard]] ThreadServices& services() noexcept { return services_; }
  [[nodiscard]] const ThreadServices& services() const noexcept { return services_; }
  [[nodiscard]] const std::atomic<std::uint32_t>& modes() const noexcept { return modes_; }
  [[nodiscard]] const std::atomic<std::uint64_t>& frame_counter() const noexcept {
    return frame_number_;
  }
  // Effect: includes what the ledger counts in the sums from now on. Any thread.
  void add_ledger(SharedLedger& ledger) noexcept;
  // Result: the newest ledger; see SharedLedger::next_ledger.
  [[nodiscard]] const SharedLedger* first_ledger() const noexcept {
    return ledgers_.load(std::memory_order_acquire);
  }
  // Effect: removes all ledgers from the sums. Requirement: no thread sums during the call.
  void forget_ledgers() noexcept { ledgers_.store(nullptr, std::memory_order_relaxed); }
  // State of the layers above, which make and destroy it.
  void* extension = nullptr;

  // All states ever made, newest first; they are destroyed with the instance.
  [[nodiscard]] ThreadState* first_state() const noexcept {
    return all_states_.load(std::memory_order_seq_cst);
  }

 private:
  Instance(const AllocConfig& config, MemorySource& source, std::size_t home_bytes) noexcept;
  ~Instance();
  [[nodiscard]] static std::size_t home_bytes() noexcept;
  [[nodiscard]] ThreadState* attach() noexcept;
  [[nodiscard]] ThreadState* try_attach() noexcept;
  [[nodiscard]] ThreadState* find_state_elsewhere() const noexcept;
  // The rest of end_frame_fast() if other arenas are in the frame too.
  FRAMEALLOC_COLD void end_frame_of_others(FrameArena& arena) noexcept;
  // The short path, when budgets are charged for the frame. Result: false if it does not apply.
  [[nodiscard]] bool begin_settled(ThreadState* mine) noexcept;
  [[nodiscard]] bool end_settled(ThreadState* mine) noexcept;
  void let_frame_thread_be_fast(bool fast) noexcept;
  FRAMEALLOC_COLD void maintain() noexcept;
  [[nodiscard]] bool is_at_rest(const PoolThread& pools) noexcept;
  FRAMEALLOC_COLD void maintain_at_work(ThreadState* mine) noexcept;
  void release_retired_arenas() noexcept;
  void expire_kept() noexcept;  // memory that a guard mode has kept inaccessible long enough
  [[nodiscard]] ThreadState* take_retired_to_release() noexcept;
  void leave_frame_thread(ThreadState* mine) noexcept;
  static void on_events_wanted(void* self, FrameEventMask wanted) noexcept;
  void emit_frame_end() noexcept;
  [[nodiscard]] static Instance* make(const AllocConfig& config, Error* why) noexcept;
  void report_unmet_wishes() noexcept;
  void report_misspelled_environment() noexcept;
  [[nodiscard]] bool set_guard(Error* why) noexcept;
  [[nodiscard]] PoolTotals block_totals(const TagId* only) const noexcept;
  [[nodiscard]] std::size_t frame_bytes_of(const ThreadState& state,
                                           std::uint64_t now) const noexcept;

  AllocConfig config_;
  SystemSource own_source_;  // used if the configuration names none
  std::size_t tls_slot_;
  std::atomic<std::uint64_t> references_{1};
  std::atomic<std::uint32_t> modes_{0};
  LimitedSource limited_source_;
  MetadataAllocator metadata_;
  ChunkPool chunks_;
  ReportSink sink_;
  FrameClock clock_;
  std::atomic<std::uint64_t> frame_number_{0};  // for reports of lower layers
  TagTable tags_;
  EventHub events_;
  PressureMonitor pressure_;
  ThreadReclaimer reclaimer_;
  std::uint64_t frame_began_ns_ = 0;  // while frames are told
  std::atomic<FrameWatcher*> watcher_{nullptr};
  PhaseTable phases_;
  DeviceRegister devices_;
  ThreadServices services_;
  FrameGuard* frame_guard_ = nullptr;  // of a guard mode
  BudgetManager* budgets_ = nullptr;
  PoolShared pools_;
  Heap heap_;

  std::atomic<ThreadState*> all_states_{nullptr};
  std::atomic<const SharedLedger*> ledgers_{nullptr};
  SpinLock retired_lock_;
  ThreadState* retired_ = nullptr;
  std::atomic<unsigned> retired_with_chunks_{0};
  std::atomic<std::uint64_t> peak_allocated_{0};
  std::atomic<std::uint64_t> high_water_{0};
  // The thread that began the last frame. Of all shared arenas, only that of this thread may have a
  // boundary other than General.
  ThreadState* frame_thread_ = nullptr;
  std::uint64_t maintenance_in_ = 8;  // frames
};

}  // namespace framealloc::detail
