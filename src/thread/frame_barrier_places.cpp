// SPDX-License-Identifier: MIT OR Apache-2.0
// The participants of a barrier: names, joining and leaving, per-thread memory, statistics.
#include <framealloc/frame_barrier.hpp>

#include "thread/barrier_memory.hpp"

#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/thread/tls.hpp>

#include <algorithm>
#include <mutex>

namespace framealloc {

namespace {

using detail::kRelaxed;
constexpr std::uint64_t kCountMask = 0xfff;

}  // namespace

namespace detail::barrier_memory {

void remember(std::uint64_t barrier, std::uint32_t phase) noexcept {
  os::ThreadRecord& record = os::own_record();
  if (&record == &os::record_of_nobody) return;
  auto& memories = static_cast<TlsTable&>(record).phases;
  for (PhaseMemory& memory : memories) {
    if (memory.barrier != barrier) continue;
    memory.phase = phase;
    return;
  }
  std::copy_backward(memories, memories + kPhaseMemories - 1, memories + kPhaseMemories);
  memories[0] = PhaseMemory{barrier, phase};
}

bool recall(std::uint64_t barrier, std::uint32_t* phase) noexcept {
  for (const PhaseMemory& memory : tls_table().phases) {
    if (memory.barrier != barrier) continue;
    *phase = memory.phase;
    return true;
  }
  return false;
}

}  // namespace detail::barrier_memory

FrameBarrier::State FrameBarrier::State::of(std::uint64_t word) noexcept {
  return {static_cast<std::uint32_t>(word >> 36), static_cast<std::uint32_t>(word & kCountMask),
          static_cast<std::uint32_t>((word >> 12) & kCountMask),
          static_cast<std::uint32_t>((word >> 24) & kCountMask)};
}

std::uint64_t FrameBarrier::State::word() const noexcept {
  return static_cast<std::uint64_t>(phase) << 36 | static_cast<std::uint64_t>(next) << 24 |
         static_cast<std::uint64_t>(expected) << 12 | arrived;
}

bool FrameBarrier::Place::takes_part(std::uint32_t phase) const noexcept {
  return ((phase - first.load(kRelaxed)) & kPhaseMask) < kPhaseMask / 2;
}

FrameBarrierBuilder FrameBarrier::builder() { return {}; }

FrameBarrierBuilder& FrameBarrierBuilder::with_thread(std::string_view name) {
  names_.emplace_back(name);
  return *this;
}

FrameBarrierBuilder& FrameBarrierBuilder::with_count(unsigned count) noexcept {
  count_ = count;
  return *this;
}

FrameBarrier::FrameBarrier(const FrameBarrierBuilder& builder) noexcept
    : FrameBarrier(std::max(builder.count_, static_cast<unsigned>(builder.names_.size()))) {
  for (const std::string& name : builder.names_) {
    Place* const place = free_place();
    if (place == nullptr) break;
    place->used = true;
    place->name = Text<32>(name);
  }
}

FrameBarrier::Place* FrameBarrier::place_of(ThreadId thread) const noexcept {
  const unsigned count = places_.load(std::memory_order_acquire);
  for (unsigned i = 0; i < count; ++i) {
    if (place_[i].thread.load(kRelaxed) == thread.value) return &place_[i];
  }
  return nullptr;
}

FrameBarrier::Place* FrameBarrier::place_named(std::string_view name) const noexcept {
  const Text<32> wanted(name);  // cut as the names are
  const std::lock_guard lock(places_lock_);
  const unsigned count = places_.load(kRelaxed);
  for (unsigned i = 0; i < count; ++i) {
    if (place_[i].used && place_[i].name.view() == wanted.view()) return &place_[i];
  }
  return nullptr;
}

FrameBarrier::Place* FrameBarrier::free_place() noexcept {
  const unsigned count = places_.load(kRelaxed);
  for (unsigned i = 0; i < count; ++i) {
    if (!place_[i].used) return &place_[i];
  }
  if (count == kMostNames) return nullptr;
  places_.store(count + 1, std::memory_order_release);
  return &place_[count];
}

bool FrameBarrier::register_thread(std::string_view name) noexcept {
  const ThreadId thread = os::current_thread_id();
  const Text<32> wanted(name);
  const std::lock_guard lock(places_lock_);
  if (place_of(thread) != nullptr) return false;
  Place* place = nullptr;
  unsigned used = 0;
  for (unsigned i = 0; i < places_.load(kRelaxed); ++i) {
    if (!place_[i].used) continue;
    ++used;
    const bool vacant = place_[i].thread.load(kRelaxed) == 0;
    if (vacant && place == nullptr && place_[i].name.view() == wanted.view()) place = &place_[i];
  }
  const State now = State::of(state_.load(std::memory_order_acquire));
  std::uint32_t first = now.closed() ? (now.phase + 1) & kPhaseMask : now.phase;
  if (place == nullptr) {
    place = free_place();
    if (place == nullptr) return false;
    place->used = true;
    place->name = wanted;
    // Every place has a name: one more. From which phase on, only the change itself can tell: the
    // phase that was looked at may be over by then.
    if (used >= now.next) first = change_participants(1);
  }
  place->first.store(first, kRelaxed);
  place->arrived.store(0, kRelaxed);
  place->thread.store(thread.value, kRelaxed);
  registered_.fetch_add(1, kRelaxed);
  // A thread that joins waits for the phase that it finds, not for one before.
  detail::barrier_memory::remember(id_, now.phase);
  return true;
}

bool FrameBarrier::unregister_thread() noexcept {
  const std::lock_guard lock(places_lock_);
  Place* const place = place_of(os::current_thread_id());
  if (place == nullptr) return false;
  leave(*place);
  place->thread.store(0, kRelaxed);
  place->used = false;
  place->name.clear();
  registered_.fetch_sub(1, kRelaxed);
  return true;
}

bool FrameBarrier::is_registered() const noexcept {
  return place_of(os::current_thread_id()) != nullptr;
}

// Arriving and leaving are one step: were they two, the phase might end between them, and the next
// one would wait for a thread that is gone, or take its arrival for another's.
void FrameBarrier::leave(Place& place) noexcept {
  std::uint64_t word = state_.load(std::memory_order_acquire);
  std::uint32_t marked = 0;
  State after{};
  do {
    after = State::of(word);
    after.next -= after.next == 0 ? 0 : 1;
    const std::uint32_t mark = after.phase + 1;
    if (after.closed() || !place.takes_part(after.phase)) continue;
    if (mark != marked && place.arrived.load(kRelaxed) == mark) continue;
    place.arrived.store(mark, kRelaxed);
    marked = mark;
    ++after.arrived;
  } while (!state_.compare_exchange_weak(word, after.word(), std::memory_order_acq_rel,
                                         std::memory_order_acquire));
  if (after.closed() && !State::of(word).closed()) complete(after.phase);
}

std::uint32_t FrameBarrier::change_participants(int by) noexcept {
  std::uint64_t word = state_.load(kRelaxed);
  State after{};
  bool was_idle = false;
  do {
    after = State::of(word);
    was_idle = after.idle();
    if (by < 0 && after.next != 0) --after.next;
    if (by > 0 && after.next != kMostParticipants) ++after.next;
  } while (!state_.compare_exchange_weak(word, after.word(), std::memory_order_acq_rel, kRelaxed));
  // No thread was there to notice the end of the last phase.
  if (was_idle && !after.idle()) open_after(after.phase);
  const bool in_place = was_idle && after.expected == 0;
  return in_place ? after.phase : (after.phase + 1) & kPhaseMask;
}

void FrameBarrier::add_participant() noexcept { change_participants(1); }
void FrameBarrier::remove_participant() noexcept { change_participants(-1); }

template <class Visit>
void FrameBarrier::visit_missing(Visit&& visit) const {
  const std::lock_guard lock(places_lock_);
  const State now = State::of(state_.load(std::memory_order_acquire));
  if (now.closed()) return;
  std::uint32_t left = now.expected - now.arrived;
  std::uint32_t unclaimed = 0;  // names whose participant arrives, if it does, as anybody
  const auto is_missing = [&](const Place& place) {
    return place.used && place.takes_part(now.phase) &&
           place.arrived.load(kRelaxed) != now.phase + 1;
  };
  const unsigned count = places_.load(kRelaxed);
  for (unsigned i = 0; i < count; ++i) {
    if (!is_missing(place_[i])) continue;
    if (place_[i].thread.load(kRelaxed) == 0) {
      ++unclaimed;
    } else if (left != 0) {
      visit(place_[i].name.view());
      --left;
    }
  }
  // They are surely missing only if all that are left must be among them, or are they.
  if (unclaimed != 0 && unclaimed <= left) {
    for (unsigned i = 0; i < count; ++i) {
      if (is_missing(place_[i]) && place_[i].thread.load(kRelaxed) == 0) {
        visit(place_[i].name.view());
        --left;
      }
    }
  }
  if (left == 0) return;
  Text<32> rest;
  rest.append(left).append(" unnamed");
  visit(rest.view());
}

std::vector<std::string> FrameBarrier::missing() const {
  std::vector<std::string> names;
  visit_missing([&](std::string_view name) { names.emplace_back(name); });
  return names;
}

void FrameBarrier::describe_missing(Text<192>& text) const noexcept {
  bool first = true;
  visit_missing([&](std::string_view name) {
    text.append(first ? "" : ", ").append(name);
    first = false;
  });
}

BarrierStats FrameBarrier::stats() const {
  BarrierStats stats;
  std::uint64_t longest = 0;
  std::uint64_t total = 0;
  for (const Waits& waits : waits_) {
    stats.total_waits += waits.count.load(kRelaxed);
    stats.timeout_count += waits.timeouts.load(kRelaxed);
    total += waits.time_ns.load(kRelaxed);
    longest = std::max(longest, waits.longest_ns.load(kRelaxed));
  }
  stats.total_wait_time_us = total / 1000;
  stats.max_wait_time_us = longest / 1000;
  stats.phases_completed = generation();
  stats.surplus_arrivals = surplus_.load(kRelaxed);
  stats.last_thread = ThreadId{last_thread_.load(kRelaxed)};
  const std::lock_guard lock(places_lock_);
  const Place* const last = place_of(stats.last_thread);
  if (last != nullptr) stats.last_name = last->name.view();
  return stats;
}

}  // namespace framealloc
