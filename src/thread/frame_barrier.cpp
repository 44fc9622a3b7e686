// SPDX-License-Identifier: MIT OR Apache-2.0
// Arriving and waiting.
#include <framealloc/frame_barrier.hpp>

#include "thread/barrier_memory.hpp"

#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/os/clock.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/thread/instance.hpp>

#include <algorithm>

namespace framealloc {

namespace {

using detail::kRelaxed;

std::atomic<std::uint64_t> last_id{0};

}  // namespace

FrameBarrier::FrameBarrier(unsigned participants) noexcept
    : id_(last_id.fetch_add(1, kRelaxed) + 1) {
  const std::uint32_t n = std::min(participants, kMostParticipants);
  state_.store(State{0, 0, n, n}.word(), kRelaxed);
  // The maker is usually the thread that drives the frame: its first wait is for the first phase.
  detail::barrier_memory::remember(id_, 0);
}

FrameBarrier::~FrameBarrier() {
  detail::Instance* const instance = reports_to_.load(kRelaxed);
  if (instance != nullptr) instance->services().set_barrier(*instance, nullptr);
}

BarrierTicket FrameBarrier::signal_frame_complete() noexcept {
  return arrive(place_of(os::current_thread_id()));
}

BarrierTicket FrameBarrier::signal_frame_complete(std::string_view name) noexcept {
  return arrive(place_named(name));
}

BarrierTicket FrameBarrier::arrive(Place* place) noexcept {
  std::uint64_t word = state_.load(std::memory_order_acquire);
  std::uint32_t marked = 0;
  for (;;) {
    const State now = State::of(word);
    const std::uint32_t mark = now.phase + 1;
    if (place != nullptr && !place->takes_part(now.phase)) break;
    const bool full = place == nullptr ? registered_.load(kRelaxed) >= now.expected
                                       : mark != marked && place->arrived.load(kRelaxed) == mark;
    if (now.closed() || full) {
      surplus(place, now);
      return {now.phase};
    }
    if (place != nullptr && mark != marked) {
      // Marked before it is counted: a search for the missing never blames one that has arrived.
      place->arrived.store(mark, kRelaxed);
      marked = mark;
    }
    const State after{now.phase, now.arrived + 1, now.expected, now.next};
    if (!state_.compare_exchange_weak(word, after.word(), std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
      continue;
    }
    if (after.closed()) complete(after.phase);
    break;
  }
  const std::uint32_t phase = State::of(word).phase;
  detail::barrier_memory::remember(id_, phase);
  return {phase};
}

// One thread at a time: a phase is completed once, and the next one opens only after that.
void FrameBarrier::complete(std::uint32_t phase) noexcept {
  last_thread_.store(os::current_thread_id().value, kRelaxed);
  phases_.store(phases_.load(kRelaxed) + 1, kRelaxed);
  over_.store((phase + 1) & kPhaseMask, std::memory_order_release);
  completed_.notify_all();
}

// Requirement: is_over(phase) has been seen, or the phase never had a participant.
void FrameBarrier::open_after(std::uint32_t phase) noexcept {
  std::uint64_t word = state_.load(kRelaxed);
  State open{};
  do {
    const State now = State::of(word);
    if (now.phase != phase || !now.closed() || now.idle()) return;
    open = State{now.expected == 0 ? phase : (phase + 1) & kPhaseMask, 0, now.next, now.next};
  } while (!state_.compare_exchange_weak(word, open.word(), std::memory_order_acq_rel, kRelaxed));
}

bool FrameBarrier::is_over(std::uint32_t phase) const noexcept {
  const std::uint32_t ahead = (over_.load(std::memory_order_acquire) - phase - 1) & kPhaseMask;
  return ahead < kPhaseMask / 2;
}

std::uint32_t FrameBarrier::phase_to_await() const noexcept {
  std::uint32_t phase;
  if (detail::barrier_memory::recall(id_, &phase)) return phase;
  // A thread that is new here is given the phase that completed last, not all that it missed.
  const std::uint32_t over = over_.load(std::memory_order_acquire);
  return phases_.load(kRelaxed) == 0 ? 0 : (over - 1) & kPhaseMask;
}

bool FrameBarrier::await(std::uint32_t phase, std::uint64_t timeout_ns) noexcept {
  Waits& waits = waits_[os::current_thread_id().value % kWaitShards];
  waits.count.fetch_add(1, kRelaxed);
  if (!is_over(phase)) {
    if (State::of(state_.load(std::memory_order_acquire)).idle()) return true;
    const std::uint64_t start = os::now_ns();
    const bool over = completed_.await([&] { return is_over(phase); }, timeout_ns);
    const std::uint64_t waited = os::now_ns() - start;
    waits.time_ns.fetch_add(waited, kRelaxed);
    std::uint64_t longest = waits.longest_ns.load(kRelaxed);
    while (longest < waited && !waits.longest_ns.compare_exchange_weak(longest, waited, kRelaxed)) {
    }
    if (!over) {
      waits.timeouts.fetch_add(1, kRelaxed);
      if (detail::Instance* const instance = reports_to_.load(kRelaxed)) {
        Text<192> text("the barrier was not complete in time; missing: ");
        describe_missing(text);
        instance->report(Code::FA208, text);
      }
      return false;
    }
  }
  detail::barrier_memory::remember(id_, (phase + 1) & kPhaseMask);
  open_after(phase);
  return true;
}

void FrameBarrier::wait_all() noexcept { await(phase_to_await(), os::kNoTimeout); }

void FrameBarrier::wait(BarrierTicket ticket) noexcept { await(ticket.phase, os::kNoTimeout); }

void FrameBarrier::arrive_and_wait() noexcept { wait(signal_frame_complete()); }

bool FrameBarrier::wait_for_ns(std::uint64_t timeout_ns) noexcept {
  return await(phase_to_await(), timeout_ns);
}

void FrameBarrier::reset() noexcept {
  const std::uint32_t over = over_.load(std::memory_order_acquire);
  detail::barrier_memory::remember(id_, over);
  if (phases_.load(kRelaxed) != 0) open_after((over - 1) & kPhaseMask);
}

bool FrameBarrier::is_complete() const noexcept {
  return is_over(phase_to_await()) || State::of(state_.load(std::memory_order_acquire)).idle();
}

void FrameBarrier::surplus(const Place* place, const State& state) noexcept {
  surplus_.fetch_add(1, kRelaxed);
  detail::Instance* const instance = reports_to_.load(kRelaxed);
  if (instance == nullptr) return;
  Text<192> text;
  {
    const std::lock_guard lock(places_lock_);
    if (place != nullptr) text.append("'").append(place->name).append("'");
  }
  if (text.empty()) text.append("thread ").append(os::current_thread_id().value);
  text.append(" arrived at a barrier of ").append(state.expected);
  text.append(place != nullptr && !state.closed() ? " a second time" : " that was complete");
  text.append("; the arrival was not counted");
  instance->report(Code::FA209, text);
}

unsigned FrameBarrier::thread_count() const noexcept {
  return State::of(state_.load(std::memory_order_acquire)).expected;
}

unsigned FrameBarrier::arrived_count() const noexcept {
  return State::of(state_.load(std::memory_order_acquire)).arrived;
}

}  // namespace framealloc
