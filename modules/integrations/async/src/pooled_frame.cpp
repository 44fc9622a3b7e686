// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/async/pooled_frame.hpp>

#include <cstdio>
#include <cstdlib>

namespace framealloc::async {
namespace detail {
namespace {

// A thread claims one for good with the first coroutine that it makes or ends. Threads beyond them
// share the last, which alone is changed by atomic read-modify-writes. Nothing here needs a
// destructor at the end of a thread, for whose registration the C library would call malloc.
constexpr std::size_t kCounters = 256;
constinit FrameCounter counters[kCounters];
constinit std::atomic<std::size_t> claimed{0};

FrameCounter* claim() noexcept {
  if (claimed.load(std::memory_order_relaxed) >= kCounters - 1) return nullptr;
  const std::size_t mine = claimed.fetch_add(1, std::memory_order_relaxed);
  return mine < kCounters - 1 ? &counters[mine] : nullptr;
}

void count_system_frame() noexcept {
  count_frame(1);
  FrameCounter* const mine = this_thread.counter;
  FrameCounter& counter = mine != nullptr ? *mine : counters[kCounters - 1];
  counter.on_global_heap.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

void count_frame_slow(std::int64_t change) noexcept {
  this_thread.counter = claim();
  if (this_thread.counter != nullptr) return count_frame(change);
  counters[kCounters - 1].live.fetch_add(change, std::memory_order_relaxed);
}

void* system_frame(std::size_t size) noexcept {
  void* const block = std::malloc(sizeof(FrameHeader) + size);
  if (block == nullptr) return nullptr;
  count_system_frame();
  return ::new (block) FrameHeader{} + 1;
}

void free_system_frame(void* block) noexcept { std::free(block); }

void abort_without_frame() noexcept {
  std::fputs("framealloc: a coroutine was denied its frame, and its promise has no answer\n",
             stderr);
  std::abort();
}

}  // namespace detail

CoroutineStats coroutine_stats() noexcept {
  CoroutineStats stats;
  for (const detail::FrameCounter& counter : detail::counters) {
    stats.live_frames += counter.live.load(std::memory_order_relaxed);
    stats.frames_on_global_heap += counter.on_global_heap.load(std::memory_order_relaxed);
  }
  return stats;
}

}  // namespace framealloc::async
