// SPDX-License-Identifier: MIT OR Apache-2.0
// How frames begin and end when a few instructions will not do, and what is looked after then.
#include <framealloc/detail/thread/instance.hpp>

#include <mutex>

namespace framealloc::detail {

namespace {
// How often the driving thread looks after idle memory, in frames.
constexpr std::uint64_t kMaintenanceFrames = 8;
constexpr std::uint64_t kTickFrames = 8;
constexpr std::uint64_t kCollectFrames = 128;
constexpr std::size_t kCollectBlocks = 4096;
}  // namespace

bool Instance::begin_charged(ThreadState* mine) noexcept {
  if (driver_ != word_of(mine) + kEndedPlain || !mine->shared_arena().charged()) return false;
  driver_ = word_of(mine);
  const std::uint64_t clock = clock_.begin();
  mine->shared_arena().reenter_charged(clock);
  frame_number_.store(clock >> 1, std::memory_order_relaxed);
  return true;
}

bool Instance::end_charged(ThreadState* mine) noexcept {
  if (driver_ != word_of(mine) || modes_.load(std::memory_order_relaxed) != 0) return false;
  FrameArena& arena = mine->shared_arena();
  if (!arena.charged() || mine->pools().recalled()) return false;
  clock_.end_single(&arena);
  arena.leave_charged();
  driver_ += kEndedPlain;
  if (--maintenance_in_ == 0) maintain(mine);
  return true;
}

void Instance::begin_frame_slow(ThreadState* mine) noexcept {
  if (begin_charged(mine)) return;
  if (clock_.open()) {
    report(Code::FA004, "begin_frame() inside a frame; the frame that is open goes on");
    return;
  }
  services_.frame_begins();
  opener_ = state();
  if (services_.at_every_boundary() && opener_ != nullptr && !opener_->pools().idle()) {
    opener_->pools().at_boundary(PoolThread::Boundary::Begin);
  }
  const std::uint64_t clock = clock_.begin();
  frame_number_.store(clock >> 1, std::memory_order_relaxed);
  if (opener_ != nullptr) opener_->enter_as_driver(clock);
  driver_ = opener_ != nullptr && clock_.in_flight() == 1 && !services_.at_every_boundary()
                ? word_of(opener_)
                : kNobody;
  if ((modes_.load(std::memory_order_relaxed) & kLifecycle) != 0) {
    tell_frame_begin(clock >> 1, nullptr);
  }
}

void Instance::end_frame_slow(ThreadState* tabled) noexcept {
  if (end_charged(tabled)) return;
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
  driver_ = kNobody;
  clock_.end(mine != nullptr ? &mine->shared_arena() : nullptr);
  if (opener_ != nullptr) opener_->leave_as_driver(opener_ == mine);
  if (mine != nullptr && !mine->pools().idle() &&
      (services_.at_every_boundary() || mine->pools().recalled())) {
    mine->pools().at_boundary(PoolThread::Boundary::End);
  }
  if (--maintenance_in_ == 0) maintain(mine);
  settle();
  if ((modes_.load(std::memory_order_relaxed) & kLifecycle) != 0) tell_frame_end();
  if (FrameWatcher* const watcher = frame_watcher()) [[unlikely]]
    watcher->on_frame_end();
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

// Every few frames, after a frame has ended: what was freed for other threads is sent, and idle
// memory goes back, little by little.
void Instance::maintain(ThreadState* mine) noexcept {
  const std::uint64_t frame = frame_number();
  if (retired_with_chunks_.load(std::memory_order_relaxed) != 0) release_retired_arenas();
  if (mine != nullptr) {
    PoolThread& pools = mine->pools();
    if (!pools.idle()) pools.at_boundary(PoolThread::Boundary::Either);
    if constexpr (kCheckLevel >= 2) pools_.check_lists(pools);
    if (frame % kCollectFrames == 0) pools.collect(kCollectBlocks);
  }
  if (config_.decommit == DecommitPolicy::WhenEmpty) {
    chunks_.tick(SIZE_MAX);
    maintenance_in_ = 1;
    pools_.tell_faults();
    return;
  }
  if (frame % kTickFrames == 0) chunks_.tick();
  // A quarter of what lies idle at a time: a large surplus is gone in a few tens of frames, and no
  // frame pays for all of it.
  const bool surplus = chunks_.shed_share(4);
  maintenance_in_ = surplus ? 1 : kMaintenanceFrames - frame % kMaintenanceFrames;
  pools_.tell_faults();  // last: a sink may call the allocator
  sink_.tell_repeats(frame);
}

void Instance::release_retired_arenas() noexcept {
  const std::lock_guard lock(retired_lock_);
  unsigned left = 0;
  for (ThreadState* s = retired_; s != nullptr; s = s->next_retired) {
    if (!s->release_dead_chunks()) left = 1;
  }
  retired_with_chunks_.store(left, std::memory_order_relaxed);
}

}  // namespace framealloc::detail
