// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/memory/event_hub.hpp>

#include <framealloc/detail/os/clock.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/os/thread_record.hpp>

#include <mutex>

namespace framealloc {

std::string_view to_string(FrameEventKind kind) noexcept {
  static constexpr std::string_view kNames[kFrameEventKinds] = {"FrameBegin",
                                                                "FrameEnd",
                                                                "Alloc",
                                                                "Free",
                                                                "CrossThreadFreeQueued",
                                                                "DeferredProcessed",
                                                                "TransferInitiated",
                                                                "TransferCompleted",
                                                                "MemoryPressure",
                                                                "BudgetExceeded",
                                                                "LargeAllocation",
                                                                "SlabRefill",
                                                                "BudgetWarning",
                                                                "PhaseEnd",
                                                                "HandleAlloc",
                                                                "HandleFree",
                                                                "HandleRelocated",
                                                                "HandlesCompacted",
                                                                "StreamReserved",
                                                                "StreamLoaded",
                                                                "StreamFailed",
                                                                "StreamEvicted",
                                                                "StreamFreed",
                                                                "StreamPriorityChanged",
                                                                "GroupCreated",
                                                                "GroupFreed",
                                                                "ScratchOpened",
                                                                "ScratchReset",
                                                                "GpuAlloc",
                                                                "GpuFree",
                                                                "GpuBlockAllocated",
                                                                "GpuBlockFreed",
                                                                "GpuFrameBegin",
                                                                "GpuFrameEnd",
                                                                "GpuTransferSubmitted",
                                                                "GpuBudgetDenied"};
  static_assert(!kNames[kFrameEventKinds - 1].empty(), "a kind without a name");
  const auto index = static_cast<unsigned>(kind);
  return index < kFrameEventKinds ? kNames[index] : std::string_view("unknown");
}

namespace detail {

namespace {

constexpr std::uint64_t kCountMask = 0xffffffff;
constexpr std::uint64_t kDying = 0x80000000;  // no thread is in it, and it is being destroyed
constexpr int kGenerationShift = 32;

// All live hubs, so that a subscription may end after its allocator.
constinit SpinLock hubs_lock;
constinit EventHub* hubs = nullptr;
constinit std::uint64_t last_serial = 0;

// The hubs whose listeners this thread is in.
struct Delivery {
  const EventHub* hub;
  const Delivery* outer;
};
constexpr auto kDeliveryChain = os::CallChain::Deliveries;

bool is_inside(const EventHub* hub) noexcept {
  for (const auto* one = static_cast<const Delivery*>(os::innermost_call(kDeliveryChain));
       one != nullptr; one = one->outer) {
    if (one->hub == hub) return true;
  }
  return false;
}

}  // namespace

EventHub::EventHub(MetadataAllocator& metadata, const TagTable& tags,
                   const std::atomic<std::uint64_t>& frame_number) noexcept
    : metadata_(metadata), tags_(tags), frame_number_(frame_number) {
  link();
}

EventHub::~EventHub() {
  close();
  unlink();
}

void EventHub::link() noexcept {
  const std::lock_guard guard(hubs_lock);
  serial_ = ++last_serial;
  next_hub_ = hubs;
  hubs = this;
}

void EventHub::unlink() noexcept {
  const std::lock_guard guard(hubs_lock);
  for (EventHub** link = &hubs; *link != nullptr; link = &(*link)->next_hub_) {
    if (*link != this) continue;
    *link = next_hub_;
    return;
  }
}

EventHub* EventHub::find(const EventHub* hub, std::uint64_t serial) noexcept {
  const std::lock_guard guard(hubs_lock);
  for (EventHub* one = hubs; one != nullptr; one = one->next_hub_) {
    if (one == hub && one->serial_ == serial) return one;
  }
  return nullptr;
}

void EventHub::enable(EventObserver* observer) noexcept {
  const std::lock_guard guard(changing_);
  observer_.store(observer, std::memory_order_release);
  enabled_.store(true, std::memory_order_relaxed);
  recompute();
}

void EventHub::disable() noexcept {
  const std::lock_guard guard(changing_);
  enabled_.store(false, std::memory_order_relaxed);
  recompute();
}

void EventHub::recompute() noexcept {
  FrameEventMask wanted = 0;
  if (enabled()) {
    if (observer() != nullptr) {
      wanted |= events(FrameEventKind::FrameBegin, FrameEventKind::FrameEnd);
    }
    const std::uint32_t used = slots_in_use_.load(std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < used; ++i) {
      wanted |= slots_[i].mask.load(std::memory_order_relaxed);
    }
  }
  wanted_.store(wanted, std::memory_order_relaxed);
  if (watcher_ != nullptr) watcher_(watcher_context_, wanted);
}

Subscription EventHub::subscribe(FrameEventListener listener, void* context, FrameEventMask mask,
                                 OwnedListener* owned) noexcept {
  Subscription subscription;
  if (listener == nullptr) return subscription;
  const std::lock_guard guard(changing_);
  for (std::uint32_t i = 0; i < kMaxListeners; ++i) {
    Slot& slot = slots_[i];
    const std::uint64_t refs = slot.refs.load(std::memory_order_acquire);
    if ((refs & kCountMask) != 0) continue;
    slot.listener = listener;
    slot.context = context;
    slot.owned = owned;
    slot.mask.store(mask & kAllFrameEvents, std::memory_order_relaxed);
    slot.refs.store(refs + 1, std::memory_order_release);
    if (slots_in_use_.load(std::memory_order_relaxed) <= i) {
      slots_in_use_.store(i + 1, std::memory_order_release);
    }
    subscription.hub_ = this;
    subscription.serial_ = serial_;
    subscription.slot_ = i;
    subscription.generation_ = static_cast<std::uint32_t>(refs >> kGenerationShift);
    recompute();
    break;
  }
  return subscription;
}

bool EventHub::enter(Slot& slot) noexcept {
  std::uint64_t refs = slot.refs.load(std::memory_order_relaxed);
  do {
    if ((refs & kCountMask) == 0 || (refs & kDying) != 0) return false;
  } while (!slot.refs.compare_exchange_weak(refs, refs + 1, std::memory_order_acq_rel,
                                            std::memory_order_relaxed));
  return true;
}

void EventHub::leave(Slot& slot) noexcept {
  std::uint64_t refs = slot.refs.load(std::memory_order_relaxed);
  std::uint64_t next = 0;
  do {
    next = (refs & kCountMask) == 1 ? refs - 1 + kDying : refs - 1;
  } while (!slot.refs.compare_exchange_weak(refs, next, std::memory_order_acq_rel,
                                            std::memory_order_relaxed));
  if ((next & kDying) == 0) return;
  // The last one. No thread can enter any more; the place is free once the callable is destroyed.
  if (slot.owned != nullptr) slot.owned->destroy(metadata_, slot.owned);
  slot.owned = nullptr;
  const std::uint64_t generation = (next >> kGenerationShift) + 1;
  slot.refs.store(generation << kGenerationShift, std::memory_order_release);
  left_.notify_all();
}

void EventHub::end(std::uint32_t index, std::uint32_t generation) noexcept {
  Slot& slot = slots_[index];
  {
    const std::lock_guard guard(changing_);
    slot.mask.store(0, std::memory_order_relaxed);
    recompute();
  }
  leave(slot);
  if (is_inside(this)) return;
  left_.await([&] {
    return static_cast<std::uint32_t>(slot.refs.load(std::memory_order_acquire) >>
                                      kGenerationShift) != generation;
  });
}

void EventHub::close() noexcept {
  disable();
  for (Slot& slot : slots_) {
    if ((slot.refs.load(std::memory_order_acquire) & kCountMask) == 0) continue;
    slot.mask.store(0, std::memory_order_relaxed);
    leave(slot);
  }
  // Subscriptions that still exist have nothing to end.
  const std::lock_guard guard(hubs_lock);
  serial_ = ++last_serial;
}

std::size_t EventHub::listeners() const noexcept {
  std::size_t count = 0;
  for (const Slot& slot : slots_) {
    if (slot.mask.load(std::memory_order_relaxed) != 0) ++count;
  }
  return count;
}

void EventHub::emit(FrameEvent event, TagId tag) noexcept {
  const FrameEventMask bit = mask_of(event.kind);
  event.thread_id = os::current_thread_id();
  event.timestamp_ns = os::now_ns();
  if (event.frame_number == 0) event.frame_number = frame_number_.load(std::memory_order_relaxed);
  const TagPath path = tags_.path(tag);
  if (event.tag.empty()) event.tag = path.view();
  if (EventObserver* const one = observer(); one != nullptr && enabled()) one->on_event(event);
  if (is_inside(this)) {
    suppressed_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const Delivery delivery{this, static_cast<const Delivery*>(os::innermost_call(kDeliveryChain))};
  os::set_innermost_call(kDeliveryChain, &delivery);
  const os::Section section;  // else a listener entered by this thread is never left in a child
  const std::uint32_t used = slots_in_use_.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < used; ++i) {
    Slot& slot = slots_[i];
    if ((slot.mask.load(std::memory_order_relaxed) & bit) == 0 || !enter(slot)) continue;
    // Read again now that it cannot go away: end() clears the mask before it leaves.
    if ((slot.mask.load(std::memory_order_relaxed) & bit) != 0 && enabled()) {
      slot.listener(event, slot.context);
    }
    leave(slot);
  }
  os::set_innermost_call(kDeliveryChain, delivery.outer);
}

}  // namespace detail

void Subscription::end() noexcept {
  detail::EventHub* const hub = std::exchange(hub_, nullptr);
  if (hub == nullptr) return;
  if (detail::EventHub* const alive = detail::EventHub::find(hub, serial_)) {
    alive->end(slot_, generation_);
  }
}

}  // namespace framealloc
