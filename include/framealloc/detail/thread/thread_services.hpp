// SPDX-License-Identifier: MIT OR Apache-2.0
// What an allocator does for its threads together: the barrier of its frames, transfers.
#pragma once

#include <framealloc/detail/thread/kept.hpp>
#include <framealloc/thread_budget.hpp>
#include <framealloc/transfer.hpp>

#include <atomic>
#include <cstdint>

namespace framealloc {

class FrameBarrier;

namespace detail {

class Instance;
class ThreadState;

// One per allocator.
class ThreadServices {
 public:
  // Effect: frames that end before the barrier is complete are reported (FA205), and what the
  // barrier has to report goes to `instance`; null takes the barrier away.
  // Thread contract: the thread that drives frames.
  void set_barrier(Instance& instance, FrameBarrier* barrier) noexcept;
  void frame_begins() noexcept {
    if (barrier_ != nullptr) [[unlikely]]
      note_phase();
  }
  void frame_ends(Instance& instance) noexcept {
    if (barrier_ != nullptr) [[unlikely]]
      check_phase(instance);
  }

  // Effect: from now on begin_frame() and end_frame() do more than their shortest path does.
  // Any thread.
  void watch_boundaries() noexcept { watched_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool at_every_boundary() const noexcept {
    return watched_.load(std::memory_order_relaxed);
  }

  // Effect: replaces the handler for requests beyond the budget of a thread; null = none.
  // Another thread may still be calling the old one. Thread contract: any thread.
  void set_budget_handler(ThreadBudgetHandler handler, void* context) noexcept;
  // Result: whether there is a handler; `*decision` is its answer then.
  [[nodiscard]] bool ask_budget_handler(const ThreadBudgetEvent& event,
                                        BudgetDecision* decision) noexcept;
  void keep(Kept* kept) noexcept;
  void destroy_kept(Instance& instance) noexcept;

  // Transfers that threads without a state of their own took part in; one lock for so rare a thing
  // is enough, see ThreadState::transfers.
  TransferCounts& stray_transfers() noexcept { return stray_transfers_; }
  const TransferCounts& stray_transfers() const noexcept { return stray_transfers_; }
  SpinLock& stray_lock() noexcept { return stray_lock_; }

 private:
  void note_phase() noexcept;
  void check_phase(Instance& instance) noexcept;

  FrameBarrier* barrier_ = nullptr;
  std::atomic<bool> watched_{false};
  std::uint32_t phases_before_ = 0;  // completed when the frame began
  SpinLock handler_lock_;
  ThreadBudgetHandler handler_ = nullptr;
  void* handler_context_ = nullptr;
  Kept* kept_ = nullptr;
  SpinLock stray_lock_;
  TransferCounts stray_transfers_;
};

}  // namespace detail
}  // namespace framealloc
