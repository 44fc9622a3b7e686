// SPDX-License-Identifier: MIT OR Apache-2.0
// The lock and the waiters of an awaitable.
#pragma once

#include <framealloc/async/waiter.hpp>

#include <mutex>

namespace framealloc::async::detail {

// The lock and the waiters of one awaitable. What still waits when it ends is not resumed: spawned
// tasks are destroyed, others stay suspended and are destroyed by their owners.
class WaitRoom {
 public:
  WaitRoom() noexcept : list_(lock()) {}
  // For an awaitable that gives its waiters something; see WaitLock.
  WaitRoom(void (*take_back)(void* giver) noexcept, void* giver) noexcept : WaitRoom() {
    list_.guard_with({&WaitRoom::leave, this, take_back, giver});
  }
  WaitRoom(const WaitRoom&) = delete;
  WaitRoom& operator=(const WaitRoom&) = delete;
  ~WaitRoom() {
    RunQueue left;
    {
      const std::lock_guard guard(mutex_);
      while (Waiter* const waiter = list_.pop()) left.push(*waiter);
    }
    RunQueue::forget(list_);
    left.abandon();
  }
  [[nodiscard]] std::mutex& mutex() noexcept { return mutex_; }
  [[nodiscard]] WaitList& list() noexcept { return list_; }
  // For further lists under the same mutex.
  [[nodiscard]] WaitLock lock() noexcept { return {&WaitRoom::leave, this}; }

 private:
  static void leave(void* self, WaitList& list, Waiter& waiter) noexcept {
    const std::lock_guard lock(static_cast<WaitRoom*>(self)->mutex_);
    list.remove(waiter);
  }
  std::mutex mutex_;
  WaitList list_;
};

}  // namespace framealloc::async::detail
