// SPDX-License-Identifier: MIT OR Apache-2.0
// A lock that may be held for longer than a SpinLock: while text is written, while a handler runs.
#pragma once

#include <framealloc/detail/os/thread_record.hpp>
#include <framealloc/detail/sync/event_count.hpp>

#include <atomic>

namespace framealloc::detail {

// Satisfies Lockable. Waiters sleep. A fork() waits until no thread holds it, as for a SpinLock.
class Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() noexcept {
    released_.await([this] { return try_lock(); });
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
    released_.notify_one();
  }

 private:
  std::atomic<bool> locked_{false};
  EventCount released_;
};

}  // namespace framealloc::detail
