// SPDX-License-Identifier: MIT OR Apache-2.0
// Coroutines that wait for frames.
#pragma once

#include <framealloc/async/waiter.hpp>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace framealloc::async {

/// Lets coroutines wait for a later frame of an allocator, and resumes them in the frame loop:
///
///     alloc.begin_frame();
///     frames.pump();
///
/// Nothing allocates: a waiter is a node in its own frame. What still waits when the scheduler
/// ends is not resumed: spawned tasks are destroyed, others stay suspended for their owners.
/// Thread contract: any thread may wait; one thread pumps, and the coroutines go on there.
class FrameScheduler {
 public:
  explicit FrameScheduler(const SmartAlloc& alloc) noexcept;
  ~FrameScheduler();
  FrameScheduler(const FrameScheduler&) = delete;
  FrameScheduler& operator=(const FrameScheduler&) = delete;

  class Wait : detail::Waiter {
   public:
    Wait(FrameScheduler& frames, std::uint64_t count) noexcept : frames_(frames), due_(count) {}
    [[nodiscard]] bool await_ready() const noexcept { return due_ == 0; }
    template <class Promise>
    FRAMEALLOC_NOINLINE void await_suspend(std::coroutine_handle<Promise> coroutine) noexcept {
      this->waits(coroutine);
      frames_.add(*this);
    }
    void await_resume() const noexcept {}

   private:
    friend class FrameScheduler;
    FrameScheduler& frames_;
    std::uint64_t due_;  // frames from now; once it waits, the number of the frame
    std::uint64_t order_ = 0;
  };
  /// Effect: awaited, goes on in the first pump() of a later frame than this one.
  [[nodiscard]] auto next_frame() noexcept { return Wait(*this, 1); }
  /// Effect: the same, `count` frames from now; 0 does not wait.
  [[nodiscard]] auto in_frames(std::uint64_t count) noexcept { return Wait(*this, count); }

  /// Effect: resumes what is due in the frame of now, in the order of waiting. What begins to wait
  /// during the call is for a later one. Result: how many were resumed.
  std::size_t pump();
  [[nodiscard]] std::size_t waiting() const noexcept;

 private:
  // Frames by their number's remainder: a pump looks at those of the frames since the last, not at
  // all that wait.
  static constexpr std::size_t kBuckets = 64;
  void add(Wait& wait) noexcept;
  static void leave(void* self, detail::WaitList& list, detail::Waiter& waiter) noexcept;

  SmartAlloc alloc_;
  PoolRef pool_;
  mutable std::mutex mutex_;
  detail::WaitList buckets_[kBuckets];
  std::uint64_t pumped_ = 0;  // the frame of the last pump()
  std::uint64_t order_ = 0;
};

}  // namespace framealloc::async
