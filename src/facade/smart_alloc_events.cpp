// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "facade/facade.hpp"

namespace framealloc::detail {

bool enable_lifecycle(Instance& instance, std::size_t frames) noexcept {
  // The hub remembers the one observer that it ever had.
  auto* history = static_cast<EventHistory*>(instance.events().observer());
  if (history == nullptr) {
    history = instance.metadata().create<EventHistory>(instance.metadata());
    if (history != nullptr && !history->restart(frames)) {
      instance.metadata().destroy(history);
      history = nullptr;
    }
    if (history != nullptr) instance.services().keep(history);
  } else {
    instance.untrack_lifecycle();
    if (!history->restart(frames)) history = nullptr;
  }
  if (history == nullptr) {
    instance.report(Code::FA012, "no memory for the history of frames", TagId::Untagged,
                    saturating_bytes(frames, sizeof(FrameRecord)),
                    instance.limited_source().remaining());
    return false;
  }
  instance.track_lifecycle(history);
  return true;
}

const EventHistory* history_of(const Instance& instance) noexcept {
  return static_cast<const EventHistory*>(instance.events().observer());
}

LifecycleSummary lifecycle_summary(const Instance& instance) {
  LifecycleSummary summary;
  if (const EventHistory* const history = history_of(instance)) history->add_to(summary);
  for (const ThreadFrameStats& stats : all_thread_frame_stats(instance)) {
    ++summary.thread_count;
    summary.total_allocated += stats.total_allocated;
    summary.cross_thread_frees += stats.cross_thread_frees;
  }
  return summary;
}

void report_no_listener(Instance& instance, bool no_memory) noexcept {
  if (no_memory) {
    instance.report(Code::FA012, "no memory for a listener of events");
    return;
  }
  Text<128> text("there are ");
  text.append(EventHub::kMaxListeners).append(" listeners of events already; more are not heard");
  instance.report(Code::FA011, text);
}

}  // namespace framealloc::detail

namespace framealloc {

bool SmartAlloc::enable_lifecycle_tracking(std::size_t history_frames) noexcept {
  detail::Instance* const instance = instance_;
  return instance != nullptr && detail::enable_lifecycle(*instance, history_frames);
}

void SmartAlloc::disable_lifecycle_tracking() noexcept {
  if (detail::Instance* const instance = instance_) instance->untrack_lifecycle();
}

bool SmartAlloc::is_lifecycle_tracking_enabled() const noexcept {
  const detail::Instance* const instance = instance_;
  return instance != nullptr && instance->events().enabled();
}

Subscription SmartAlloc::on_frame_event(FrameEventListener listener, void* context,
                                        FrameEventMask mask) noexcept {
  if (instance_ == nullptr || listener == nullptr) return {};
  Subscription subscription = instance_->events().subscribe(listener, context, mask, nullptr);
  if (!subscription) detail::report_no_listener(*instance_, false);
  return subscription;
}

ThreadFrameStats SmartAlloc::thread_frame_stats(ThreadId thread) const {
  ThreadFrameStats stats;
  stats.thread_id = thread;
  if (const detail::Instance* const instance = instance_) {
    (void)detail::find_thread_frame_stats(*instance, thread, &stats);
  }
  return stats;
}

std::vector<ThreadFrameStats> SmartAlloc::all_thread_frame_stats() const {
  const detail::Instance* const instance = instance_;
  return instance == nullptr ? std::vector<ThreadFrameStats>{}
                             : detail::all_thread_frame_stats(*instance);
}

void SmartAlloc::set_thread_name(std::string_view name) noexcept {
  if (detail::Instance* const instance = instance_) detail::name_thread(*instance, name);
}

LifecycleSummary SmartAlloc::lifecycle_summary() const {
  const detail::Instance* const instance = instance_;
  return instance == nullptr ? LifecycleSummary{} : detail::lifecycle_summary(*instance);
}

std::vector<FrameRecord> SmartAlloc::frame_history() const {
  const detail::Instance* const instance = instance_;
  const detail::EventHistory* const history =
      instance == nullptr ? nullptr : detail::history_of(*instance);
  return history == nullptr ? std::vector<FrameRecord>{} : history->frames();
}

MemoryGraphData SmartAlloc::memory_graph(std::size_t max_points) const {
  return make_memory_graph(frame_history(), max_points);
}

void SmartAlloc::on_memory_pressure(PressureHandler handler, void* context) noexcept {
  if (detail::Instance* const instance = instance_)
    instance->pressure().set_handler(handler, context);
}

void SmartAlloc::notify_memory_pressure(PressureLevel level) noexcept {
  if (detail::Instance* const instance = instance_) instance->pressure().emit(level);
}

Subscription SmartAlloc::subscribe_owned(FrameEventListener listener, detail::OwnedListener* owned,
                                         FrameEventMask mask) noexcept {
  if (owned == nullptr) {
    detail::report_no_listener(*instance_, true);
    return {};
  }
  Subscription subscription = instance_->events().subscribe(listener, owned, mask, owned);
  if (!subscription) {
    detail::report_no_listener(*instance_, false);
    owned->destroy(instance_->metadata(), owned);
  }
  return subscription;
}

}  // namespace framealloc
