// SPDX-License-Identifier: MIT OR Apache-2.0
// A semaphore for coroutines.
#pragma once

#include <framealloc/async/wait_room.hpp>

#include <coroutine>
#include <cstddef>
#include <mutex>

namespace framealloc::async {

/// A number of permits. A task that finds none waits in line; a node in its own frame is
/// all that takes. Thread contract: any thread. A coroutine goes on inside the release() that gave
/// it the permit, on that thread; if that release() was called by a coroutine that was itself
/// resumed so, it goes on after that one has suspended or ended. The
/// permit of a coroutine that is destroyed before it goes on is the next one's.
class Semaphore {
 public:
  explicit Semaphore(std::ptrdiff_t permits) noexcept
      : room_(&Semaphore::take_back, this), permits_(permits < 0 ? 0 : permits) {}

  class Acquire : detail::Waiter {
   public:
    explicit Acquire(Semaphore& semaphore) noexcept : semaphore_(semaphore) {}
    [[nodiscard]] bool await_ready() const noexcept { return semaphore_.try_acquire(); }
    // Once it is listed, another thread may resume the coroutine: nothing of it is touched then.
    template <class Promise>
    [[nodiscard]] FRAMEALLOC_NOINLINE bool await_suspend(
        std::coroutine_handle<Promise> coroutine) noexcept {
      this->waits(coroutine);
      return semaphore_.wait(*this);
    }
    void await_resume() const noexcept {}

   private:
    Semaphore& semaphore_;
  };
  /// Effect: awaited, takes a permit, when there is one.
  [[nodiscard]] auto acquire() noexcept { return Acquire(*this); }
  /// Result: whether there was a permit to take at once.
  [[nodiscard]] bool try_acquire() noexcept {
    const std::lock_guard lock(room_.mutex());
    if (permits_ == 0) return false;
    --permits_;
    return true;
  }
  /// Effect: gives back `count` permits; those who wait longest go on with them. A count below 1
  /// does nothing.
  void release(std::ptrdiff_t count = 1) {
    detail::RunQueue woken;
    {
      const std::lock_guard lock(room_.mutex());
      for (; count > 0 && !room_.list().empty(); --count) {
        woken.push_with_gift(*room_.list().pop(), room_.list());
      }
      if (count > 0) permits_ += count;
    }
    woken.run();
  }
  /// Result: permits that can be taken now.
  [[nodiscard]] std::ptrdiff_t available() const noexcept {
    const std::lock_guard lock(room_.mutex());
    return permits_;
  }
  [[nodiscard]] std::size_t waiting() const noexcept {
    const std::lock_guard lock(room_.mutex());
    return room_.list().size();
  }

 private:
  // A coroutine was destroyed after it had been given a permit and before it went on.
  static void take_back(void* self) noexcept { static_cast<Semaphore*>(self)->release(); }
  [[nodiscard]] bool wait(detail::Waiter& waiter) noexcept {
    const std::lock_guard lock(room_.mutex());
    if (permits_ > 0) {
      --permits_;
      return false;
    }
    room_.list().push(waiter);
    return true;
  }
  mutable detail::WaitRoom room_;
  std::ptrdiff_t permits_;
};

}  // namespace framealloc::async
