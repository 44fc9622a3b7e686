// SPDX-License-Identifier: MIT OR Apache-2.0
// A lock of one word for sections of a few dozen instructions.
#pragma once

#include <atomic>

namespace framealloc::gpu::detail {

// Uncontended it is one atomic operation to take and a plain store to leave. A thread that finds it taken spins for a
// moment, which is longer than a section takes, and then looks again after sleeps: it waits for one that the system has
// stopped in the middle of a section. So whoever leaves has nobody to wake, and need not ask. Works with std::lock_guard.
class BriefLock {
 public:
  void lock() noexcept {
    if (is_taken_.exchange(true, std::memory_order_acquire)) [[unlikely]]
      wait();
  }
  void unlock() noexcept { is_taken_.store(false, std::memory_order_release); }

 private:
  void wait() noexcept;
  std::atomic<bool> is_taken_{false};
};

}  // namespace framealloc::gpu::detail
