// SPDX-License-Identifier: MIT OR Apache-2.0
// What each thread has done while lifecycle tracking was on.
#pragma once

#include <framealloc/detail/base/counter.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/text.hpp>
#include <framealloc/thread_stats.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace framealloc {

namespace detail {

class Instance;
class ThreadState;

// A name as long as the system's own may be, and a little more.
using ThreadName = Text<32>;

// What a ThreadState keeps for it.
struct ThreadLifecycle {
  // Of one reading; figures are differences to it.
  struct Reading {
    std::uint64_t allocated = 0;
    std::uint64_t allocations = 0;
    std::uint64_t frees = 0;
    std::uint64_t remote_frees = 0;
  };
  OwnedCounter started;        // frames; by the owner
  OwnedCounter shared_clock;   // of the latest shared frame; by the owner
  OwnedCounter own_clock;      // of the latest frame of its own; by the owner
  OwnedCounter latest_number;  // of the latest frame of either; by the owner
  std::atomic<std::size_t> peak{0};
  mutable SpinLock lock;  // of what follows
  Reading start;
  std::uint64_t started_before = 0;  // the count when tracking was enabled
  ThreadId thread;
  ThreadName name;

  // Effect: the owner is in a frame. Owner.
  void note_frame(std::uint64_t clock, bool own) noexcept {
    started.increment();
    (own ? own_clock : shared_clock).set(clock);
    latest_number.set(clock >> 1);
  }
  void raise_peak(std::size_t bytes) noexcept {
    std::size_t seen = peak.load(std::memory_order_relaxed);
    while (seen < bytes && !peak.compare_exchange_weak(seen, bytes, std::memory_order_relaxed)) {
    }
  }
};

// Effect: the figures of the thread begin anew. Any thread for the first, the owner for the other.
void restart_lifecycle(ThreadState& state) noexcept;
void adopt_lifecycle(ThreadState& state) noexcept;

// Result: false when the thread never used the allocator, or another has taken its place.
[[nodiscard]] bool find_thread_frame_stats(const Instance& instance, ThreadId thread,
                                           ThreadFrameStats* stats);
[[nodiscard]] std::vector<ThreadFrameStats> all_thread_frame_stats(const Instance& instance);
void name_thread(Instance& instance, std::string_view name) noexcept;

}  // namespace detail
}  // namespace framealloc
