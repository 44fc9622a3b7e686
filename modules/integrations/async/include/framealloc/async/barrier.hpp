// SPDX-License-Identifier: MIT OR Apache-2.0
// A barrier for coroutines.
#pragma once

#include <framealloc/async/wait_room.hpp>

#include <coroutine>
#include <cstddef>
#include <mutex>

namespace framealloc::async {

/// Lets a number of coroutines go on once all of them have arrived; then it starts over. Thread
/// contract: any thread; the last to arrive resumes the others, on its thread, as
/// Semaphore::release() does, and does not suspend itself.
class Barrier {
 public:
  /// 0 counts as 1.
  explicit Barrier(std::size_t participants) noexcept
      : participants_(participants == 0 ? 1 : participants) {}

  class Arrive : detail::Waiter {
   public:
    explicit Arrive(Barrier& barrier) noexcept : barrier_(barrier) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    [[nodiscard]] FRAMEALLOC_NOINLINE bool await_suspend(std::coroutine_handle<Promise> coroutine) {
      this->waits(coroutine);
      return barrier_.arrive(*this);
    }
    void await_resume() const noexcept {}

   private:
    Barrier& barrier_;
  };
  [[nodiscard]] auto arrive_and_wait() noexcept { return Arrive(*this); }
  [[nodiscard]] std::size_t waiting() const noexcept {
    const std::lock_guard lock(room_.mutex());
    return room_.list().size();
  }

 private:
  [[nodiscard]] bool arrive(detail::Waiter& waiter) {
    detail::RunQueue woken;
    {
      const std::lock_guard lock(room_.mutex());
      if (room_.list().size() + 1 < participants_) {
        room_.list().push(waiter);
        return true;
      }
      while (detail::Waiter* const other = room_.list().pop()) woken.push(*other);
    }
    woken.run();
    return false;
  }
  mutable detail::WaitRoom room_;
  std::size_t participants_;
};

}  // namespace framealloc::async
