// SPDX-License-Identifier: MIT OR Apache-2.0
// Waits for a condition that other threads make true without a lock; they pay for waking only while
// a thread sleeps.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/os/clock.hpp>
#include <framealloc/detail/os/futex.hpp>
#include <framealloc/detail/os/thread.hpp>

#include <atomic>
#include <cstdint>

namespace framealloc::detail {

// An event count: a sleeper announces itself, looks at the condition once more and sleeps on the
// number of the event; the thread that changes the condition then looks for sleepers. One of them
// sees the other, so no wake-up is lost. Thread contract: any thread.
class EventCount {
 public:
  // Effect: spins a little, then sleeps until `ready()` is true. Result: false when `timeout_ns`
  // nanoseconds passed before; `ready` has been asked after the last sleep in any case.
  template <class Ready>
  bool await(Ready&& ready, std::uint64_t timeout_ns = os::kNoTimeout) noexcept {
    for (unsigned round = 0; round < kSpins; ++round) {
      if (ready()) return true;
      os::relax(round);
    }
    const std::uint64_t start = timeout_ns == os::kNoTimeout ? 0 : os::now_ns();
    for (;;) {
      std::uint64_t left = os::kNoTimeout;
      if (timeout_ns != os::kNoTimeout) {
        const std::uint64_t passed = os::now_ns() - start;
        if (passed >= timeout_ns) return ready();
        left = timeout_ns - passed;
      }
      sleepers_.fetch_add(1, std::memory_order_seq_cst);
#if !FRAMEALLOC_TSAN
      std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
      const std::uint32_t seen = events_.load(std::memory_order_seq_cst);
      const bool done = ready();
      if (!done) os::sleep_while_equal(events_, seen, left);
      sleepers_.fetch_sub(1, std::memory_order_relaxed);
      if (done || ready()) return true;
    }
  }

  // Effect: waiting threads check again. To be called after the condition has become true.
  void notify_all() noexcept {
    if (!anybody_sleeps()) return;
    events_.fetch_add(1, std::memory_order_seq_cst);
    os::wake_all(events_);
  }
  // The same for a condition that only one of them can use.
  void notify_one() noexcept {
    if (!anybody_sleeps()) return;
    events_.fetch_add(1, std::memory_order_seq_cst);
    os::wake_one(events_);
  }
  [[nodiscard]] std::uint32_t sleepers() const noexcept {
    return sleepers_.load(std::memory_order_relaxed);
  }

 private:
  // os::relax() pauses for the first 64 rounds and yields after them.
  static constexpr unsigned kSpins = 72;

  // The condition was changed before; it must not be seen after the look for sleepers.
  bool anybody_sleeps() noexcept {
#if FRAMEALLOC_TSAN  // ThreadSanitizer does not know fences
    return sleepers_.fetch_add(0, std::memory_order_seq_cst) != 0;
#else
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return sleepers_.load(std::memory_order_relaxed) != 0;
#endif
  }

  std::atomic<std::uint32_t> events_{0};
  std::atomic<std::uint32_t> sleepers_{0};
};

}  // namespace framealloc::detail
