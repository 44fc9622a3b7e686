// SPDX-License-Identifier: MIT OR Apache-2.0
// The workers of a oneTBB arena, with their memory made ready before they run.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/smart_alloc.hpp>

#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_scheduler_observer.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::tbb {

struct WorkerStats {
  unsigned inside = 0;        ///< threads that are in the arena now, the one that waits in it too
  unsigned most = 0;          ///< most at once, ever
  std::uint64_t entries = 0;  ///< ever
};

/// Watches a task_arena. A thread that enters it gets its record and its arena of frame memory
/// then, and not in the first task that allocates; one that leaves it sends home the blocks that it
/// freed for other threads. Requirement: ends before the task_arena does.
/// Thread contract: made and ended by one thread, asked by any.
class FrameObserver : public ::tbb::task_scheduler_observer {
 public:
  FrameObserver(const SmartAlloc& alloc, ::tbb::task_arena& arena)
      : ::tbb::task_scheduler_observer(arena), alloc_(alloc) {
    entries_.store(0, std::memory_order_release);
    observe(true);
  }
  ~FrameObserver() override {
    observe(false);  // while this is still whole; waits for calls that have begun
    // They are over, and what they read may end. As their beginning is ordered after the
    // constructor, so their last act is before this by our own atomics: what TBB does for it lies
    // in its library, where no race detector sees it.
    (void)entries_.load(std::memory_order_acquire);
    (void)inside_.load(std::memory_order_acquire);
  }
  FrameObserver(const FrameObserver&) = delete;
  FrameObserver& operator=(const FrameObserver&) = delete;

  /// Result: exact while no worker enters or leaves.
  [[nodiscard]] WorkerStats workers() const noexcept {
    return {inside_.load(std::memory_order_relaxed), most_.load(std::memory_order_relaxed),
            entries_.load(std::memory_order_relaxed)};
  }

  void on_scheduler_entry(bool /*is_worker*/) override {
    (void)entries_.load(std::memory_order_acquire);
    const unsigned inside = inside_.fetch_add(1, std::memory_order_relaxed) + 1;
    unsigned most = most_.load(std::memory_order_relaxed);
    while (most < inside && !most_.compare_exchange_weak(most, inside, std::memory_order_relaxed)) {
    }
    (void)alloc_.frame_arena();
    entries_.fetch_add(1, std::memory_order_release);
  }
  void on_scheduler_exit(bool /*is_worker*/) override {
    (void)entries_.load(std::memory_order_acquire);
    (void)alloc_.process_deferred_frees(kTakenBack);
    inside_.fetch_sub(1, std::memory_order_release);
  }

 private:
  FRAMEALLOC_OWN_COPY static constexpr std::size_t kTakenBack = 1024;
  SmartAlloc alloc_;
  std::atomic<unsigned> inside_{0};
  std::atomic<unsigned> most_{0};
  std::atomic<std::uint64_t> entries_{0};
};

}  // namespace framealloc::tbb
