// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/smart_alloc_events.hpp>

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
                    saturating_bytes(frames, sizeof(FrameRecord)), instance.supply().remaining());
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
