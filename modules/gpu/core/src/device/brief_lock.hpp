// SPDX-License-Identifier: MIT OR Apache-2.0
// A lock of one word for sections of a few dozen instructions.
#pragma once

#include <atomic>
#include <cstdint>

namespace framealloc::gpu::detail {

// Uncontended it is one atomic operation to take and one to leave. A thread that finds it taken
// spins for a moment and then sleeps until it is left. Works with std::lock_guard. After the mutex
// of Drepper's "Futexes Are Tricky" (2011).
class BriefLock {
 public:
  void lock() noexcept {
    std::uint32_t expected = kFree;
    if (!state_.compare_exchange_strong(expected, kTaken, std::memory_order_acquire,
                                        std::memory_order_relaxed)) [[unlikely]]
      wait();
  }
  void unlock() noexcept {
    if (state_.exchange(kFree, std::memory_order_release) == kAwaited) [[unlikely]]
      state_.notify_one();
  }

 private:
  static constexpr std::uint32_t kFree = 0, kTaken = 1, kAwaited = 2;
  void wait() noexcept;
  std::atomic<std::uint32_t> state_{kFree};
};

}  // namespace framealloc::gpu::detail
