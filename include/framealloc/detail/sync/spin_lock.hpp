// SPDX-License-Identifier: MIT OR Apache-2.0
// A lock for slow paths: one byte, no memory of its own, no system call when it is free.
#pragma once

#include <framealloc/detail/os/thread.hpp>

#include <atomic>

namespace framealloc::detail {

// Held for short, bounded work only, and never while user code (callbacks, memory sources) runs
// unless the comment there says so. Satisfies Lockable. Waiters spin, then yield.
class SpinLock {
 public:
  SpinLock() = default;
  SpinLock(const SpinLock&) = delete;
  SpinLock& operator=(const SpinLock&) = delete;

  void lock() noexcept {
    if (!locked_.exchange(true, std::memory_order_acquire)) [[likely]]
      return;
    for (unsigned round = 0;; ++round) {
      while (locked_.load(std::memory_order_relaxed)) os::relax(round++);
      if (!locked_.exchange(true, std::memory_order_acquire)) return;
    }
  }
  [[nodiscard]] bool try_lock() noexcept {
    return !locked_.exchange(true, std::memory_order_acquire);
  }
  void unlock() noexcept { locked_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> locked_{false};
};

}  // namespace framealloc::detail
