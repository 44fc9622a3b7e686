// SPDX-License-Identifier: MIT OR Apache-2.0
// A lock for slow paths: one byte, no extra memory, no system call when uncontended.
#pragma once

#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/os/thread_record.hpp>

#include <atomic>

namespace framealloc::detail {

// Held for short, bounded work only, and never while user code (callbacks, memory sources) runs
// unless the comment there says so. Satisfies Lockable. Waiters spin, then yield. A fork() waits
// until no thread holds one, so a child finds no lock held by a thread that it does not have.
class SpinLock {
 public:
  SpinLock() = default;
  SpinLock(const SpinLock&) = delete;
  SpinLock& operator=(const SpinLock&) = delete;

  void lock() noexcept {
    os::enter_section();
    if (!locked_.exchange(true, std::memory_order_acquire)) [[likely]]
      return;
    for (unsigned round = 0;; ++round) {
      // Outside a section while waiting: the holder may be a handler that forks.
      os::leave_section();
      while (locked_.load(std::memory_order_relaxed)) os::relax(round++);
      os::enter_section();
      if (!locked_.exchange(true, std::memory_order_acquire)) return;
    }
  }
  [[nodiscard]] bool try_lock() noexcept {
    os::enter_section();
    if (!locked_.exchange(true, std::memory_order_acquire)) return true;
    os::leave_section();
    return false;
  }
  void unlock() noexcept {
    locked_.store(false, std::memory_order_release);
    os::leave_section();
  }

 private:
  std::atomic<bool> locked_{false};
};

}  // namespace framealloc::detail
