// SPDX-License-Identifier: MIT OR Apache-2.0
// How frames begin and end when a few instructions are not enough, and the maintenance done there.
#include <framealloc/detail/thread/instance.hpp>

#include <mutex>

namespace framealloc::detail {

namespace {
// How often the driving thread returns idle memory, in frames.
constexpr std::uint64_t kMaintenanceFrames = 8;
constexpr std::uint64_t kTickFrames = 8;
}  // namespace

using Boundary = FrameArena::Boundary;

bool Instance::begin_settled(ThreadState* mine) noexcept {
  if (mine == nullptr) return false;
  FrameArena& arena = mine->shared_arena();
  if (arena.boundary() != Boundary::Ended || !arena.settled()) return false;
  if (modes_.load(std::memory_order_relaxed) != 0) return false;
  const std::uint64_t clock = clock_.begin();
  arena.reenter_settled(clock);
  arena.set_boundary(Boundary::Open);
  frame_number_.store(clock >> 1, std::memory_order_relaxed);
  return true;
}

bool Instance::end_settled(ThreadState* mine) noexcept {
  if (mine == nullptr || modes_.load(std::memory_order_relaxed) != 0) return false;
  FrameArena& arena = mine->shared_arena();
  if (arena.boundary() != Boundary::Open || !arena.settled() || mine->pools().recalled()) {
    return false;
  }
  if (!clock_.end_alone()) clock_.end_others(&arena);
  arena.leave_settled();
  arena.set_boundary(Boundary::Ended);
  if (--maintenance_in_ == 0) maintain();
  return true;
}

void Instance::end_frame_of_others(FrameArena& arena) noexcept {
  clock_.end_others(&arena);
  arena.leave();
  if (--maintenance_in_ == 0) maintain();
}

void Instance::let_frame_thread_be_fast(bool fast) noexcept {
  if (frame_thread_ == nullptr) return;
  frame_thread_->shared_arena().set_boundary(fast ? Boundary::Open : Boundary::General);
}

void Instance::begin_frame_slow(ThreadState* mine) noexcept {
  if (begin_settled(mine)) return;
  if (clock_.open()) {
    report(Code::FA004, "begin_frame() inside a frame; the frame that is open goes on");
    return;
  }
  services_.frame_begins();
  let_frame_thread_be_fast(false);  // whichever thread it was
  frame_thread_ = state();
  if (services_.at_every_boundary() && frame_thread_ != nullptr && !frame_thread_->pools().idle()) {
    frame_thread_->pools().at_boundary(PoolThread::Boundary::Begin);
  }
  const std::uint64_t clock = clock_.begin();
  frame_number_.store(clock >> 1, std::memory_order_relaxed);
  if (frame_thread_ != nullptr) frame_thread_->enter_as_driver(clock);
  let_frame_thread_be_fast(clock_.in_flight() == 1 && !services_.at_every_boundary());
  if ((modes_.load(std::memory_order_relaxed) & kLifecycle) != 0) {
    emit_frame_begin(clock >> 1, nullptr);
  }
}

void Instance::end_frame_slow(ThreadState* tabled) noexcept {
  if (end_settled(tabled)) return;
  if (!clock_.open()) {
    report(Code::FA004, "end_frame() with no frame open; nothing was ended");
    return;
  }
  ThreadState* const mine = find_state();
  if (mine != nullptr && mine->open_phases() != 0) {
    report(Code::FA004, "end_frame() inside a phase; the phases of this thread were dropped");
    mine->drop_phases();
  }
  services_.frame_ends(*this);
  let_frame_thread_be_fast(false);
  clock_.end(mine != nullptr ? &mine->shared_arena() : nullptr);
  leave_frame_thread(mine);
  if (mine != nullptr && !mine->pools().idle() &&
      (services_.at_every_boundary() || mine->pools().recalled())) {
    mine->pools().at_boundary(PoolThread::Boundary::End);
  }
  if (--maintenance_in_ == 0) maintain();
  settle();
  if ((modes_.load(std::memory_order_relaxed) & kLifecycle) != 0) emit_frame_end();
  if (FrameWatcher* const watcher = frame_watcher()) [[unlikely]]
    watcher->on_frame_end();
}

// The arena of the thread that began the frame, which may not be the one that ends it. If that
// thread has ended, it has left its arena on the clock's list.
void Instance::leave_frame_thread(ThreadState* mine) noexcept {
  if (frame_thread_ == nullptr || (frame_thread_ != mine && !frame_thread_->bound())) return;
  frame_thread_->leave_as_driver(frame_thread_ == mine);
}

void Instance::begin_thread_frame() noexcept {
  ThreadState* mine = state();
  if (mine != nullptr && !mine->begin_own_frame()) {
    report(Code::FA004, "begin_thread_frame() inside a thread frame; the open one goes on");
  }
}

void Instance::end_thread_frame() noexcept {
  ThreadState* mine = find_state();
  if (mine == nullptr || !mine->end_own_frame()) {
    report(Code::FA004, "end_thread_frame() with no thread frame open; nothing was ended");
  }
}

// Every few frames, after a frame has ended: sends blocks freed for other threads, and returns idle
// memory step by step.
void Instance::maintain() noexcept {
  ThreadState* const mine = find_state();
  if (mine == nullptr || !is_at_rest(mine->pools())) return maintain_at_work(mine);
  maintenance_in_ = kMaintenanceFrames - frame_number() % kMaintenanceFrames;
}

// Result: whether maintenance would find nothing to do. Nearly all frames end here.
bool Instance::is_at_rest(const PoolThread& pools) noexcept {
  return kCheckLevel < 2 && pools.idle() && pools.at_rest() && chunks_.at_rest() &&
         retired_with_chunks_.load(std::memory_order_relaxed) == 0 && frame_guard_ == nullptr &&
         config_.decommit != DecommitPolicy::WhenEmpty && !sink_.repeats_pending() &&
         !limited_source_.corruption().pending();
}

void Instance::maintain_at_work(ThreadState* mine) noexcept {
  const std::uint64_t frame = frame_number();
  if (retired_with_chunks_.load(std::memory_order_relaxed) != 0) release_retired_arenas();
  if (frame_guard_ != nullptr) expire_kept();
  if (mine != nullptr) {
    PoolThread& pools = mine->pools();
    if (!pools.idle()) pools.at_boundary(PoolThread::Boundary::Either);
    if constexpr (kCheckLevel >= 2) pools_.check_lists(pools);
    if (!pools.at_rest()) {
      const bool look = frame % kTickFrames == 0 || config_.decommit == DecommitPolicy::WhenEmpty;
      if (look || pools.sweeping()) pools.tidy(look);
    }
  }
  if (config_.decommit == DecommitPolicy::WhenEmpty) {
    chunks_.tick(SIZE_MAX);
    maintenance_in_ = 1;
    pools_.report_corruption();
    return;
  }
  bool surplus = mine != nullptr && mine->pools().sweeping();
  if (!chunks_.at_rest()) {
    if (frame % kTickFrames == 0) chunks_.tick();
    // A quarter of the idle memory at a time: a large surplus is gone in a few tens of frames, and
    // no frame pays for all of it.
    if (chunks_.shed_share(4)) surplus = true;
  }
  maintenance_in_ = surplus ? 1 : kMaintenanceFrames - frame % kMaintenanceFrames;
  pools_.report_corruption();  // last: a sink may call the allocator
  sink_.report_repeats(frame);
}

// Ended threads left memory of frames that are over by now, and possibly destructors that came too
// late for the end of their frame. Those are user code, so the lock is not held. Only one state at
// a time is off the list, so new threads find the others.
void Instance::release_retired_arenas() noexcept {
  while (ThreadState* const state = take_retired_to_release()) {
    const bool released = state->release_dead_chunks();
    const std::lock_guard lock(retired_lock_);
    state->next_retired = retired_;
    retired_ = state;
    if (!released) return;
  }
}

ThreadState* Instance::take_retired_to_release() noexcept {
  const std::lock_guard lock(retired_lock_);
  unsigned left = 0;
  for (ThreadState** link = &retired_; *link != nullptr; link = &(*link)->next_retired) {
    ThreadState* const state = *link;
    if (!state->holds_frame_memory()) continue;
    left = 1;
    if (!state->frames_are_over()) continue;
    *link = state->next_retired;
    return state;
  }
  retired_with_chunks_.store(left, std::memory_order_relaxed);
  return nullptr;
}

}  // namespace framealloc::detail
