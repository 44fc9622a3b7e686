// SPDX-License-Identifier: MIT OR Apache-2.0
// What an allocator tells of its frames, and how it is switched to telling at all.
#include <framealloc/detail/os/clock.hpp>
#include <framealloc/detail/thread/instance.hpp>

#include <algorithm>

namespace framealloc::detail {

void Instance::track_lifecycle(EventObserver* observer) noexcept {
  for (ThreadState* s = first_state(); s != nullptr; s = s->next_in_instance) restart_lifecycle(*s);
  frame_began_ns_ = os::now_ns();
  modes_.fetch_or(kLifecycle, std::memory_order_relaxed);
  events_.enable(observer);
}

void Instance::untrack_lifecycle() noexcept {
  events_.disable();
  modes_.fetch_and(~std::uint32_t{kLifecycle}, std::memory_order_relaxed);
}

void Instance::watch_frames(FrameWatcher* watcher) noexcept {
  watcher_.store(watcher, std::memory_order_release);
  if (watcher == nullptr) {
    modes_.fetch_and(~std::uint32_t{kWatchFrames}, std::memory_order_relaxed);
    return;
  }
  modes_.fetch_or(kWatchFrames, std::memory_order_relaxed);
}

// On every change of subscriptions: calls are emitted while there is a listener for them.
void Instance::on_events_wanted(void* self, FrameEventMask wanted) noexcept {
  auto& instance = *static_cast<Instance*>(self);
  instance.pools_.emit_events(wanted != 0);
  if (instance.budgets_ != nullptr) {
    instance.budgets_->set_observed((wanted & mask_of(FrameEventKind::BudgetWarning)) != 0);
  }
  const bool calls = (wanted & mask_of(FrameEventKind::Alloc)) != 0;
  const std::uint32_t before = instance.modes_.load(std::memory_order_relaxed);
  if (((before & kEmitCalls) != 0) == calls) return;
  if (calls) {
    instance.modes_.fetch_or(kEmitCalls, std::memory_order_seq_cst);
  } else {
    instance.modes_.fetch_and(~std::uint32_t{kEmitCalls}, std::memory_order_seq_cst);
  }
  for (ThreadState* s = instance.first_state(); s != nullptr; s = s->next_in_instance) {
    s->close_arenas();
  }
}

void Instance::emit_frame_begin(std::uint64_t number, ThreadState* own) noexcept {
  if (own == nullptr) frame_began_ns_ = os::now_ns();
  if (!events_.wants(FrameEventKind::FrameBegin)) return;
  FrameEvent event;
  event.kind = FrameEventKind::FrameBegin;
  event.frame_number = number;
  event.own_frame = own != nullptr;
  events_.emit(event);
}

void Instance::emit_frame_end() noexcept {
  const std::uint64_t clock = 2 * frame_number() + 1;
  FrameEvent event;
  event.kind = FrameEventKind::FrameEnd;
  event.frame_number = frame_number();
  event.began_ns = frame_began_ns_;
  event.duration_us = (os::now_ns() - frame_began_ns_) / 1000;
  for (ThreadState* s = first_state(); s != nullptr; s = s->next_in_instance) {
    if (s->shared_arena().slots() == nullptr) continue;
    const FrameHistory history = s->shared_arena().history(clock);
    if (history.clock != clock) continue;
    s->lifecycle.raise_peak(history.peak);
    event.total_allocated += history.bytes;
    event.peak_memory += history.peak;
  }
  if (!events_.wants(FrameEventKind::FrameEnd)) return;
  const AllocStats now = stats();
  event.bytes_in_use = now.total_allocated;
  event.reserved = now.reserved;
  events_.emit(event);
}

void Instance::emit_own_frame_end(ThreadState& state, std::uint64_t clock,
                                  std::uint64_t began_ns) noexcept {
  const FrameHistory history = state.own_arena()->history(clock);
  state.lifecycle.raise_peak(history.peak);
  if (!events_.wants(FrameEventKind::FrameEnd)) return;
  FrameEvent event;
  event.kind = FrameEventKind::FrameEnd;
  event.frame_number = clock >> 1;
  event.own_frame = true;
  event.began_ns = began_ns;
  event.duration_us = began_ns == 0 ? 0 : (os::now_ns() - began_ns) / 1000;
  event.total_allocated = history.bytes;
  event.peak_memory = history.peak;
  events_.emit(event);
}

}  // namespace framealloc::detail
