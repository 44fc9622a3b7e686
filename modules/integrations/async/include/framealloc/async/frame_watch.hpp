// SPDX-License-Identifier: MIT OR Apache-2.0
// Notices a task that keeps frame memory over the end of the frame, while its allocator verifies.
#pragma once

#include <framealloc/async/pooled_frame.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::async::detail {

// Stands in front of the FrameHeader of a Task whose allocator verifies every call. Between
// enter() and leave() the task runs; what this thread's arena has grown by then, without what tasks
// that ran inside took, is the task's. When it runs again after the frame whose memory it took has
// ended, that is reported (FA702), once for each place of suspension.
// Thread contract: the thread that runs the task.
class alignas(kGranule) FrameWatch {
 public:
  explicit FrameWatch(const PoolRef& pool) noexcept : pool_(pool) {}
  void enter(const CallSite& resumed_at) noexcept;
  void leave() noexcept;

 private:
  [[nodiscard]] bool is_over(SmartAlloc& alloc) const noexcept;
  void report(const SmartAlloc& alloc, const CallSite& site) const noexcept;

  PoolRef pool_;
  // At the last enter().
  const FrameArena* arena_ = nullptr;
  std::uint64_t clock_ = 0;
  std::size_t position_ = 0;
  std::uint64_t inner_ = 0;
  // Taken so far, and in which frame.
  std::size_t taken_ = 0;
  std::uint64_t frame_ = 0;
  const FrameArena* own_arena_ = nullptr;  // of a thread with its own cadence
  std::uint64_t own_clock_ = 0;
};

// A watch that operator new has made and the promise, which is constructed next, takes over. A
// coroutine whose frame the compiler has put into its caller's has none.
inline constinit thread_local FrameWatch* fresh_watch = nullptr;

// A task's frame that is in the system's heap, or has a watch.
[[nodiscard]] FRAMEALLOC_COLD void* new_other_frame(const PoolRef& pool, std::size_t size) noexcept;
FRAMEALLOC_COLD void delete_other_frame(void* frame, std::size_t size) noexcept;

}  // namespace framealloc::async::detail
