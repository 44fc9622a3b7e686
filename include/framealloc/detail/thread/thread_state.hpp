// SPDX-License-Identifier: MIT OR Apache-2.0
// Everything that one thread has in one allocator.
#pragma once

#include <framealloc/detail/account/ledger.hpp>
#include <framealloc/detail/frame/phase.hpp>
#include <framealloc/detail/memory/pressure_monitor.hpp>
#include <framealloc/detail/pool/pool_thread.hpp>
#include <framealloc/detail/thread/lifecycle.hpp>
#include <framealloc/detail/thread/tls.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/thread_budget.hpp>
#include <framealloc/transfer.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

namespace framealloc::detail {

class Instance;

// Made when a thread first uses an allocator, retired when the thread ends, taken over by the next
// thread that comes; it dies with the allocator. So a pointer to it stays good, frame memory of a
// thread that has ended stays valid until its frame ends, and short-lived threads cost nothing.
class ThreadState final : public ArenaHost {
 public:
  explicit ThreadState(Instance& instance) noexcept;
  ~ThreadState();
  ThreadState(const ThreadState&) = delete;
  ThreadState& operator=(const ThreadState&) = delete;
  // Result: false when there is no memory for its records.
  [[nodiscard]] bool set_up() noexcept;

  // Effect: the calling thread owns this state from now on; `slot` is its entry in the table.
  void bind(TlsTable& table, TlsSlot* slot) noexcept;
  // Effect: the table's list has it no more: its thread is about to retire it. Under the registry's
  // lock.
  void unlink() noexcept { table_.store(nullptr, std::memory_order_relaxed); }
  // Effect: the owner leaves; pools go to the orphanage, arenas stay as they are.
  void retire() noexcept;
  // Effect: the allocator dies: the owner's table must forget it. Called under the registry's lock.
  void forget() noexcept;

  [[nodiscard]] Instance& instance() const noexcept { return instance_; }
  [[nodiscard]] FrameArena& arena() noexcept { return *arena_; }
  [[nodiscard]] FrameArena& shared_arena() noexcept { return shared_arena_; }
  [[nodiscard]] const FrameArena& shared_arena() const noexcept { return shared_arena_; }
  [[nodiscard]] const FrameArena* own_arena() const noexcept {
    return has_own_arena_.load(std::memory_order_acquire) ? &own_arena_ : nullptr;
  }
  [[nodiscard]] PoolThread& pools() noexcept { return pools_; }
  [[nodiscard]] const PoolThread& pools() const noexcept { return pools_; }
  [[nodiscard]] ThreadLedger& ledger() noexcept { return ledger_; }
  [[nodiscard]] const ThreadLedger& ledger() const noexcept { return ledger_; }
  // Of the owner, or the last one. Any thread.
  [[nodiscard]] ThreadId id() const noexcept { return id_.load(std::memory_order_relaxed); }
  // Result: whether a live thread owns it. Any thread.
  [[nodiscard]] bool bound() const noexcept {
    return table_.load(std::memory_order_acquire) != nullptr;
  }
  [[nodiscard]] bool belongs_to(const TlsTable& table) const noexcept {
    return table_.load(std::memory_order_relaxed) == &table;
  }

  // Effect: allocations of this thread are attributed to `tag` from now on.
  void set_tag(TagId tag) noexcept;
  [[nodiscard]] TagId tag() const noexcept { return tag_; }

  // The shared frame, on the driving thread.
  void enter_as_driver(std::uint64_t clock) noexcept;
  // Effect: the arena takes its slow path and pays what its frame owes. `owner`: on its own thread.
  void leave_as_driver(bool owner) noexcept {
    shared_arena_.close();
    // What shape its frame has is for the owner to look at.
    if (!owner || !shared_arena_.on_fast_path()) shared_arena_.release_frame_if_over(owner);
  }
  // The thread's own frame. Result: false when unbalanced.
  bool begin_own_frame() noexcept;
  bool end_own_frame() noexcept;
  [[nodiscard]] const std::atomic<std::uint64_t>& own_clock() const noexcept { return own_clock_; }
  [[nodiscard]] bool in_own_frame() const noexcept { return arena_ == &own_arena_; }

  void begin_phase(std::string_view name) noexcept;
  [[nodiscard]] std::optional<Phase> end_phase();
  void close_phase() noexcept;  // the same without a result, and without allocating
  [[nodiscard]] std::size_t open_phases() const noexcept { return phases_.size(); }
  [[nodiscard]] std::string_view current_phase() const noexcept;
  void drop_phases() noexcept { phases_.clear(); }

  // Limits of this thread. Owner.
  [[nodiscard]] ThreadBudget& budget() noexcept { return budget_; }
  [[nodiscard]] const ThreadBudget& budget() const noexcept { return budget_; }
  void renew_guards() noexcept;

  // Effect: gives back to the budgets what is charged under `tag` or below it (under any tag when
  // `whole`) and not used, blocks that are ready among it. Result: whether there was any. Owner.
  bool give_back_charges(bool whole, TagId tag) noexcept;
  // Result: bytes of that kind, without blocks that other threads have freed and the owner has not
  // taken back yet. Any thread; exact for the owner.
  [[nodiscard]] std::size_t ready_bytes(bool whole, TagId tag) const noexcept;
  // Effect: the owner gives back all of it when it next allocates frame or pool memory, frees for
  // another thread's sake or reaches a frame boundary; with `to_source`, what then lies idle goes
  // back to the source. Any thread.
  void recall(bool to_source = false) noexcept;
  // Under the registry's lock. Effect: the owner's next pool allocation takes the slow path.
  void divert() noexcept {
    if (bound() && slot_ != nullptr) {
      slot_->show(&empty_pool_table);
    }
  }
  // Effect: the table's entry shows the pool again. Owner.
  void show_pool() noexcept {
    if (slot_ != nullptr) slot_->show(pools_.current());
  }
  // Effect: does so now, if the state was recalled. Owner.
  void answer_recall() noexcept;
  // Effect: every arena of this state takes its slow path at its next call. Any thread.
  void close_arenas() noexcept;
  // Effect: destructors that frames of this state still owe run, its own frame ends. Only when no
  // other thread uses the allocator.
  void release_arenas() noexcept;
  // Result: whether no frame of this state is valid any more, and the thread that ended the last
  // one is done with it. Any thread.
  [[nodiscard]] bool frames_are_over() const noexcept;
  // Result: whether there is anything that release_dead_chunks() could give back.
  [[nodiscard]] bool holds_frame_memory() const noexcept;
  // Effect: if frames_are_over(), runs the destructors that came too late for the end of their
  // frame and gives the chunks back. Result: whether it did.
  // Requirement: the calling thread owns the state, or has it to itself; no lock is held.
  bool release_dead_chunks() noexcept;

  [[nodiscard]] std::uint64_t overflows() const noexcept { return overflows_.get(); }
  // Result: frame calls counted in the state's life, see Instance::count_frame_calls().
  [[nodiscard]] std::uint64_t frame_calls() const noexcept {
    return shared_arena_.calls_counted() + own_arena_.calls_counted();
  }
  [[nodiscard]] std::size_t arena_reserved() const noexcept {
    return shared_arena_.chunk_bytes() + own_arena_.chunk_bytes();
  }

  // ArenaHost
  bool enter_frame(FrameArena& arena) noexcept override;
  bool frame_is_open(const FrameArena& arena) const noexcept override;
  bool is_of_this_thread() const noexcept override {
    return table_.load(std::memory_order_relaxed) == &tls_table();
  }
  ArenaChunk* acquire_chunk(std::size_t room, Denial* why) noexcept override;
  void release_chunk(ArenaChunk* chunk) noexcept override;
  bool has_budgets() const noexcept override;
  std::size_t charge(TagId tag, std::size_t need, std::size_t want, Denial* why) noexcept override;
  void uncharge(TagId tag, std::size_t bytes) noexcept override;
  std::size_t first_thread_budget_mark() const noexcept override {
    return budget_.first_thread_budget_mark();
  }
  ThreadBudgetAnswer ask_thread_budget(std::size_t position, std::size_t size, std::size_t* mark,
                                       const CallSite& site, bool quiet) noexcept override;
  void* allocate_fallback(std::size_t bytes, std::size_t alignment,
                          const CallSite& site) noexcept override;
  void free_fallback(void* block) noexcept override;
  void note_call(std::size_t size) noexcept override;
  PressureMonitor* pressure() noexcept override;
  void note_overflow() noexcept override;
  void note_corruption(std::string_view message, const void* address) noexcept override;
  void report_denial(const Denial& why, TagId tag, std::size_t requested,
                     const CallSite& site) noexcept override;
  void report(Code code, std::string_view message, TagId tag, std::size_t requested,
              std::size_t available, const CallSite& site) noexcept override;
  ThreadLifecycle lifecycle;
  TransferCounts transfers;                 // written by the owner
  ThreadState* next_in_instance = nullptr;  // all states, newest first; only grows
  ThreadState* next_in_thread = nullptr;    // guarded by the registry's lock
  ThreadState* next_retired = nullptr;      // guarded by the instance

 private:
  // Result: frame bytes that the owning thread allocated, ever.
  [[nodiscard]] std::uint64_t frame_bytes_total() const noexcept {
    return shared_arena_.allocated_total() + own_arena_.allocated_total();
  }
  void publish() noexcept;  // the table's entry shows arena_ and the pools of tag_
  void give_first_chunk(FrameArena& arena) noexcept;
  void finish_own_frames() noexcept;
  void leave_shared_frames() noexcept;
  struct ClosedPhase {
    std::uint32_t id;
    std::uint64_t bytes, calls, ns, began_ns;
  };
  [[nodiscard]] ClosedPhase pop_phase() noexcept;
  void emit_phase(const ClosedPhase& closed) noexcept;

  Instance& instance_;
  std::atomic<TlsTable*> table_{nullptr};  // written under the registry's lock
  TlsSlot* slot_ = nullptr;                // null for allocators that share the last slot
  FrameArena* arena_ = nullptr;
  TagId tag_ = TagId::Untagged;
  std::atomic<ThreadId> id_{};
  std::uint64_t own_frame_began_ns_ = 0;  // 0 where nobody noted it
  std::atomic<std::uint64_t> own_clock_{2};
  std::atomic<bool> has_own_arena_{false};
  OwnedCounter overflows_;
  MetaVector<OpenPhase> phases_;
  ThreadLedger ledger_;
  PoolThread pools_;
  ThreadBudget budget_;
  FrameArena shared_arena_;
  FrameArena own_arena_;
};

}  // namespace framealloc::detail
