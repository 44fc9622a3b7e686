// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that tell what happens: lifecycle events, histories, memory pressure.
// SmartAlloc inherits them.
#pragma once

#include <framealloc/capabilities.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/memory/event_hub.hpp>
#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/detail/thread/lifecycle.hpp>
#include <framealloc/event_history.hpp>
#include <framealloc/memory_graph.hpp>
#include <framealloc/pressure.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace framealloc::detail {

// The parts that know no template argument.
[[nodiscard]] FRAMEALLOC_API bool enable_lifecycle(Instance& instance, std::size_t frames) noexcept;
[[nodiscard]] FRAMEALLOC_API const EventHistory* history_of(const Instance& instance) noexcept;
[[nodiscard]] FRAMEALLOC_API LifecycleSummary lifecycle_summary(const Instance& instance);
FRAMEALLOC_API void report_no_listener(Instance& instance, bool no_memory) noexcept;

// `Handle` is SmartAlloc, whose instance() is null when the allocator could not be made.
template <class Handle>
class EventMembers {
 public:
  // Effect: from now on events are told to whoever has subscribed, the latest `history_frames`
  // frames are kept, and figures of threads begin anew. Frames then begin and end the long way, and
  // their ends add up all counters: microseconds per frame. Off it costs nothing. Enabled again, it
  // begins anew. Result: false when there is no memory for the history (FA012); then it stays off.
  // Thread contract: the thread that drives frames.
  bool enable_lifecycle_tracking(
      std::size_t history_frames = EventHistory::kDefaultFrames) noexcept {
    Instance* const instance = mine();
    return instance != nullptr && enable_lifecycle(*instance, history_frames);
  }
  // Effect: nothing is told any more; subscriptions stay and wait, the history stays readable.
  // Calls of listeners that are under way on other threads still end. The driving thread.
  void disable_lifecycle_tracking() noexcept {
    if (Instance* const instance = mine()) instance->untrack_lifecycle();
  }
  [[nodiscard]] bool is_lifecycle_tracking_enabled() const noexcept {
    const Instance* const instance = mine();
    return instance != nullptr && instance->events().enabled();
  }

  // Effect: while tracking is enabled, `listener(event, context)` is called for the kinds in
  // `mask`, on the thread where they happen, with no lock held: it may call this allocator,
  // subscribe, and end subscriptions. Events that listeners cause on their own thread are told to
  // nobody. A listener of Alloc makes every frame call take the slow path. Pool calls are told one
  // by one if AllocConfig::checked is set; without it those that need no slow path are not, see
  // SlabRefill, CrossThreadFreeQueued and thread_frame_stats(). Result: a subscription of nothing
  // when 64 listeners are there already (FA011). Thread contract: any thread.
  [[nodiscard]] Subscription on_frame_event(FrameEventListener listener, void* context,
                                            FrameEventMask mask = kRareFrameEvents) noexcept {
    return subscribe(listener, context, mask, nullptr);
  }
  // The same with any callable that takes a FrameEvent; it lives in the allocator's memory until
  // its subscription has ended and no thread is in it any more.
  template <class F>
    requires std::invocable<std::decay_t<F>&, const FrameEvent&>
  [[nodiscard]] Subscription on_frame_event(F&& function, FrameEventMask mask = kRareFrameEvents) {
    using Listener = Owned<std::decay_t<F>>;
    Instance* const instance = mine();
    if (instance == nullptr) return {};
    Listener* const kept =
        instance->metadata().template create<Listener>(std::forward<F>(function));
    if (kept == nullptr) {
      report_no_listener(*instance, true);
      return {};
    }
    Subscription subscription = subscribe(&Listener::call, kept, mask, kept);
    if (!subscription) instance->metadata().destroy(kept);
    return subscription;
  }

  // Result: zeros when the thread never used the allocator, which is reported (FA211). Any thread.
  [[nodiscard]] ThreadFrameStats thread_frame_stats(ThreadId thread) const {
    ThreadFrameStats stats;
    stats.thread_id = thread;
    if (const Instance* const instance = mine()) {
      (void)find_thread_frame_stats(*instance, thread, &stats);
    }
    return stats;
  }
  // Result: by thread id.
  [[nodiscard]] std::vector<ThreadFrameStats> all_thread_frame_stats() const {
    const Instance* const instance = mine();
    return instance == nullptr ? std::vector<ThreadFrameStats>{}
                               : detail::all_thread_frame_stats(*instance);
  }
  // Effect: the calling thread goes by this name (31 characters at most) in its figures.
  void set_thread_name(std::string_view name) noexcept {
    if (Instance* const instance = mine()) name_thread(*instance, name);
  }

  [[nodiscard]] LifecycleSummary lifecycle_summary() const {
    const Instance* const instance = mine();
    return instance == nullptr ? LifecycleSummary{} : detail::lifecycle_summary(*instance);
  }
  // Result: the latest frames, oldest first; none before tracking was first enabled.
  [[nodiscard]] std::vector<FrameRecord> frame_history() const {
    const Instance* const instance = mine();
    const EventHistory* const history = instance == nullptr ? nullptr : history_of(*instance);
    return history == nullptr ? std::vector<FrameRecord>{} : history->frames();
  }
  // Result: the history as at most `max_points` points.
  [[nodiscard]] MemoryGraphData memory_graph(std::size_t max_points) const {
    return make_memory_graph(frame_history(), max_points);
  }

  // Effect: `handler` is called when what is reserved passes AllocConfig::pressure_threshold (once
  // until it was below again), before a request of frame, pool or heap memory is denied for want of
  // memory, and by notify_memory_pressure(). It runs with no lock held, on the thread that noticed;
  // it may free, evict and trim, and the request is then tried once more. One handler; null = none.
  void on_memory_pressure(PressureHandler handler, void* context) noexcept {
    if (Instance* const instance = mine()) instance->pressure().set_handler(handler, context);
  }
  // The same with any callable that takes a PressureEvent. It is kept until the allocator ends.
  // Result: false when there is no memory for it.
  template <class F>
    requires std::invocable<std::decay_t<F>&, const PressureEvent&>
  bool on_memory_pressure(F&& function) {
    using Kept = KeptPressure<std::decay_t<F>>;
    Instance* const instance = mine();
    if (instance == nullptr) return false;
    Kept* const kept = instance->metadata().template create<Kept>(std::forward<F>(function));
    if (kept == nullptr) return false;
    instance->services().keep(kept);
    instance->pressure().set_handler(&Kept::call, kept);
    return true;
  }
  // Effect: the handler hears of pressure that you have found out about: a signal of the system, a
  // console's callback, system_memory_pressure(). Not for signal handlers in the sense of POSIX.
  void notify_memory_pressure(PressureLevel level) noexcept {
    if (Instance* const instance = mine()) instance->pressure().notify(level);
  }

 protected:
  EventMembers() = default;
  ~EventMembers() = default;
  EventMembers(const EventMembers&) = default;
  EventMembers& operator=(const EventMembers&) = default;

 private:
  template <class F>
  struct Owned : OwnedListener {
    explicit Owned(F f) : function(std::move(f)) {
      this->destroy = [](Metadata& metadata, OwnedListener* self) noexcept {
        metadata.destroy(static_cast<Owned*>(self));
      };
    }
    static void call(const FrameEvent& event, void* self) {
      static_cast<Owned*>(self)->function(event);
    }
    F function;
  };
  template <class F>
  struct KeptPressure : ThreadServices::Kept {
    explicit KeptPressure(F f) : function(std::move(f)) {
      this->destroy = [](Instance& instance, ThreadServices::Kept* self) noexcept {
        instance.metadata().destroy(static_cast<KeptPressure*>(self));
      };
    }
    static void call(const PressureEvent& event, void* self) {
      static_cast<KeptPressure*>(self)->function(event);
    }
    F function;
  };

  [[nodiscard]] Subscription subscribe(FrameEventListener listener, void* context,
                                       FrameEventMask mask, OwnedListener* owned) noexcept {
    Instance* const instance = mine();
    if (instance == nullptr || listener == nullptr) return {};
    Subscription subscription = instance->events().subscribe(listener, context, mask, owned);
    if (!subscription) report_no_listener(*instance, false);
    return subscription;
  }
  [[nodiscard]] Instance* mine() const noexcept {
    return static_cast<const Handle*>(this)->instance();
  }
};

}  // namespace framealloc::detail
