// SPDX-License-Identifier: MIT OR Apache-2.0
// Figures of threads: adding up what is counted anyway.
#include <framealloc/detail/thread/lifecycle.hpp>

#include <framealloc/detail/thread/instance.hpp>

#include <algorithm>
#include <mutex>

namespace framealloc::detail {

namespace {

using Counts = ThreadLifecycle::Reading;

// Everything that the thread did, and those before it that had the same state.
Counts read_counts(const ThreadState& state) noexcept {
  const Instance& instance = state.instance();
  const PoolTotals totals = instance.pools().totals(state.pools());
  Counts reading;
  const FrameArena& shared = state.shared_arena();
  std::uint64_t frame = 0;
  std::uint32_t begun = 0;
  do {
    begun = shared.read_begin();
    frame = shared.allocated_total();
  } while (shared.read_retry(begun));
  if (const FrameArena* const own = state.own_arena()) frame += own->allocated_total();
  reading.allocated = frame + totals.bytes_total;
  reading.allocations = totals.allocations;
  reading.frees = totals.frees;
  reading.remote_frees = totals.remote_frees;
  return reading;
}

// Counters go on while they are read: a difference may be a little below zero.
std::uint64_t since(std::uint64_t now, std::uint64_t start) noexcept {
  return now > start ? now - start : 0;
}

bool is_open(const ThreadState& state, const ThreadLifecycle& life) noexcept {
  const std::uint64_t shared = life.shared_clock.get();
  const std::uint64_t own = life.own_clock.get();
  return (shared != 0 && shared == state.instance().clock().now()) ||
         (own != 0 && own == state.own_clock().load(std::memory_order_acquire));
}

void fill(const ThreadState& state, ThreadFrameStats& stats) {
  const ThreadLifecycle& life = state.lifecycle;
  const Counts now = read_counts(state);
  ThreadName name;
  Counts start;
  std::uint64_t started_before = 0;
  {
    const std::lock_guard guard(life.lock);
    start = life.start;
    started_before = life.started_before;
    stats.thread_id = life.thread;
    name = life.name;
  }
  stats.name = name.view();
  const bool open = is_open(state, life);
  stats.frames_started = since(life.started.get(), started_before);
  stats.frames_completed = since(stats.frames_started, open ? 1 : 0);
  stats.current_frame = life.latest_number.get();
  stats.total_allocated = static_cast<std::size_t>(since(now.allocated, start.allocated));
  stats.allocation_count = since(now.allocations, start.allocations);
  stats.deallocation_count = since(now.frees, start.frees);
  stats.cross_thread_frees = since(now.remote_frees, start.remote_frees);
  stats.peak_memory = life.peak.load(std::memory_order_relaxed);
  if (!open) return;
  const ArenaView view = state.shared_arena().view();
  if (view.clock == life.shared_clock.get()) {
    stats.peak_memory = std::max(stats.peak_memory, view.peak);
  }
}

}  // namespace

void restart_lifecycle(ThreadState& state) noexcept {
  const Counts now = read_counts(state);
  ThreadLifecycle& life = state.lifecycle;
  life.peak.store(0, std::memory_order_relaxed);
  const std::lock_guard guard(life.lock);
  life.start = now;
  life.started_before = life.started.get();
}

void adopt_lifecycle(ThreadState& state) noexcept {
  ThreadLifecycle& life = state.lifecycle;
  life.shared_clock.set(0);
  life.own_clock.set(0);
  life.latest_number.set(0);
  // A state that no thread had before has nothing to leave out.
  if (state.instance().events().enabled()) restart_lifecycle(state);
  const std::lock_guard guard(life.lock);
  life.thread = state.id();
  life.name.clear();
}

bool find_thread_frame_stats(const Instance& instance, ThreadId thread, ThreadFrameStats* stats) {
  for (const ThreadState* s = instance.first_state(); s != nullptr; s = s->next_in_instance) {
    {
      const std::lock_guard guard(s->lifecycle.lock);
      if (s->lifecycle.thread != thread) continue;
    }
    fill(*s, *stats);
    return true;
  }
  const_cast<Instance&>(instance).report(
      Code::FA211, "no thread of this number has used the allocator: its figures are zeros");
  return false;
}

std::vector<ThreadFrameStats> all_thread_frame_stats(const Instance& instance) {
  std::vector<ThreadFrameStats> all;
  for (const ThreadState* s = instance.first_state(); s != nullptr; s = s->next_in_instance) {
    fill(*s, all.emplace_back());
  }
  std::ranges::sort(all, {}, &ThreadFrameStats::thread_id);
  return all;
}

void name_thread(Instance& instance, std::string_view name) noexcept {
  ThreadState* const state = instance.state();
  if (state == nullptr) return;
  const std::lock_guard guard(state->lifecycle.lock);
  state->lifecycle.name = ThreadName(name);
}

}  // namespace framealloc::detail
