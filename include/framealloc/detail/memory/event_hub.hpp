// SPDX-License-Identifier: MIT OR Apache-2.0
// Delivers an allocator's events: holds its listeners, and lets a listener leave.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/memory/owned_listener.hpp>
#include <framealloc/detail/sync/event_count.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/lifecycle_event.hpp>
#include <framealloc/subscription.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc {

namespace detail {

// A part of the library that receives every event before the listeners do. It neither allocates
// nor emits.
class EventObserver {
 public:
  virtual void on_event(const FrameEvent& event) noexcept = 0;

 protected:
  ~EventObserver() = default;
};

// One per allocator. Off until enable(); while it is off, or a kind has no listener, emitting is
// one load on a slow path. Thread contract: any thread, unless stated otherwise.
class EventHub {
 public:
  static constexpr std::size_t kMaxListeners = 64;
  // Called when the set of kinds that have listeners changes; under the hub's lock.
  using Watcher = void (*)(void* context, FrameEventMask wanted) noexcept;

  EventHub(MetadataAllocator& metadata, const TagTable& tags,
           const std::atomic<std::uint64_t>& frame_number) noexcept;
  ~EventHub();
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;
  // Requirement: before other threads use the hub.
  void set_watcher(Watcher watcher, void* context) noexcept {
    watcher_ = watcher;
    watcher_context_ = context;
  }

  // `observer` may be null; it receives the begins and ends of frames until disable(), and must
  // outlive the hub.
  void enable(EventObserver* observer) noexcept;
  void disable() noexcept;
  [[nodiscard]] bool enabled() const noexcept { return enabled_.load(std::memory_order_relaxed); }
  [[nodiscard]] EventObserver* observer() const noexcept {
    return observer_.load(std::memory_order_acquire);
  }

  // Result: an empty subscription when all places are taken. `owned` (may be null) then stays the
  // caller's.
  [[nodiscard]] Subscription subscribe(FrameEventListener listener, void* context,
                                       FrameEventMask mask, OwnedListener* owned) noexcept;
  // Effect: ends every subscription and forgets them all. Requirement: no other thread uses the hub
  // any more.
  void close() noexcept;
  [[nodiscard]] std::size_t listeners() const noexcept;

  [[nodiscard]] bool wants(FrameEventKind kind) const noexcept {
    return (wanted_.load(std::memory_order_relaxed) & mask_of(kind)) != 0;
  }
  // Result: the kinds that have listeners, as they change.
  [[nodiscard]] const std::atomic<FrameEventMask>& wanted() const noexcept { return wanted_; }
  // Effect: completes the event (thread, time, tag; the frame unless it has one) and delivers it.
  // Requirement: no lock is held, and the caller expects that anything may have changed afterward.
  FRAMEALLOC_COLD void emit(FrameEvent event, TagId tag = TagId::Untagged) noexcept;
  // Result: number of events that listeners caused and that were not delivered.
  [[nodiscard]] std::uint64_t suppressed() const noexcept {
    return suppressed_.load(std::memory_order_relaxed);
  }

 private:
  friend class framealloc::Subscription;
  // refs: generation in the upper half; in the lower half the number of threads in the listener,
  // plus one while it is subscribed. 0 there: the place is free.
  struct Slot {
    std::atomic<std::uint64_t> refs{0};
    std::atomic<FrameEventMask> mask{0};  // 0 once the subscription has ended
    FrameEventListener listener = nullptr;
    void* context = nullptr;
    OwnedListener* owned = nullptr;
  };
  [[nodiscard]] bool enter(Slot& slot) noexcept;
  void leave(Slot& slot) noexcept;
  void end(std::uint32_t slot, std::uint32_t generation) noexcept;
  void recompute() noexcept;  // under the lock
  void link() noexcept;
  void unlink() noexcept;
  [[nodiscard]] static EventHub* find(const EventHub* hub, std::uint64_t serial) noexcept;

  MetadataAllocator& metadata_;
  const TagTable& tags_;
  const std::atomic<std::uint64_t>& frame_number_;
  std::atomic<FrameEventMask> wanted_{0};
  std::atomic<bool> enabled_{false};
  std::atomic<EventObserver*> observer_{nullptr};
  std::atomic<std::uint32_t> slots_in_use_{0};  // no slot above it was ever taken
  std::atomic<std::uint64_t> suppressed_{0};
  SpinLock changing_;
  Watcher watcher_ = nullptr;
  void* watcher_context_ = nullptr;
  EventCount left_;  // signaled when the last thread has left an ended listener
  std::uint64_t serial_ = 0;
  EventHub* next_hub_ = nullptr;
  Slot slots_[kMaxListeners];
};

}  // namespace detail
}  // namespace framealloc
