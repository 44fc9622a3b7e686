// SPDX-License-Identifier: MIT OR Apache-2.0
// The barrier at which the threads of a frame meet before it ends.
#pragma once

#include <framealloc/annotations.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/atomic_pointer.hpp>
#include <framealloc/detail/base/chrono.hpp>
#include <framealloc/detail/sync/cache_line.hpp>
#include <framealloc/detail/sync/event_count.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/text.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc {

namespace detail {
class Instance;
class ThreadServices;
}  // namespace detail

/// Sums over the barrier's life; a wait is one call that waits, whether or not it had to sleep.
struct BarrierStats {
  std::uint64_t total_waits = 0;
  std::uint64_t total_wait_time_us = 0;
  std::uint64_t max_wait_time_us = 0;
  std::uint64_t timeout_count = 0;
  std::uint64_t phases_completed = 0;
  std::uint64_t surplus_arrivals = 0;  ///< ignored: more than the participants, or a second one
  ThreadId last_thread;                ///< whose arrival completed the phase that ended last
  std::string last_name;               ///< its registered name, if any
};

/// Names the phase that an arrival belongs to; see FrameBarrier::wait().
struct BarrierTicket {
  std::uint32_t phase = 0;
};

class FrameBarrierBuilder;

/// A reusable barrier for participants that meet in each frame, once or several times: a phase is
/// complete when all participants have arrived, and the next one opens by itself as soon as a
/// thread has seen that. Participants are threads or jobs: without names, any thread may arrive for
/// any of them, and one thread for several. A thread may arrive without waiting, or wait without
/// arriving (as the thread that drives the frame does).
///
/// The k-th wait of a thread waits for the k-th phase since it first used the barrier, or, if it
/// has arrived since, for the phase in which it arrived. So arrivals of the next frame never delay
/// a thread that waits late, and no arrival is lost. What participants wrote before they arrived is
/// visible to a thread when its wait returns.
///
/// Waiting spins for about a microsecond, then sleeps in the system. Allocates nothing (missing()
/// and stats() build strings). Thread contract: any thread; a barrier must outlive the last call on
/// it. A thread may use at most 16 barriers in turn without passing a ticket.
class FRAMEALLOC_API FrameBarrier {
 public:
  static constexpr unsigned kMostParticipants = 4095;
  static constexpr unsigned kMostNames = 64;  ///< more participants are counted, not named

  /// Requirement: at most kMostParticipants; more count as that many. With 0, no wait blocks.
  explicit FrameBarrier(unsigned participants) noexcept;
  ~FrameBarrier();
  FrameBarrier(const FrameBarrier&) = delete;
  FrameBarrier& operator=(const FrameBarrier&) = delete;
  [[nodiscard]] static FrameBarrierBuilder builder();

  /// Effect: arrives, for the calling thread, and does not wait. An arrival beyond the participants
  /// of a phase, or a second one of a registered thread, is not counted but reported (FA209, see
  /// SmartAlloc::set_frame_barrier()) and in the statistics. Result: for wait().
  BarrierTicket signal_frame_complete() noexcept;
  /// The same for the participant of that name, on any thread. A name that is not registered
  /// arrives as an unnamed participant.
  BarrierTicket signal_frame_complete(std::string_view name) noexcept;
  /// Effect: waits until the phase is complete, see above.
  FRAMEALLOC_WAITS void wait_all() noexcept;
  FRAMEALLOC_WAITS void wait(BarrierTicket ticket) noexcept;
  FRAMEALLOC_WAITS void arrive_and_wait() noexcept;
  /// Result: false if the time ran out first; then the next wait is for the same phase, and
  /// missing() names the participants that have not arrived.
  template <class Rep, class Period>
  [[nodiscard]] bool wait_timeout(std::chrono::duration<Rep, Period> limit) noexcept {
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(limit).count();
    return wait_for_ns(ns < 0 ? 0 : static_cast<std::uint64_t>(ns));
  }
  /// Effect: as wait_all(); the next phase opens by itself.
  FRAMEALLOC_WAITS void wait_and_reset() noexcept { wait_all(); }
  /// Effect: what has completed so far counts as waited for by this thread, so that the next phase
  /// opens. For a thread that asks is_complete() instead of waiting. Discards no arrival.
  void reset() noexcept;
  /// Result: whether wait_all() would return at once.
  [[nodiscard]] bool is_complete() const noexcept;

  /// Effect: names the calling thread. It takes the place that the builder made for that name, or
  /// an unnamed place; if all are taken, the next phase and all later ones have one more
  /// participant. Result: false when the thread has a place already or the table of names is full.
  bool register_thread(std::string_view name) noexcept;
  /// Effect: removes one participant from the next phase on; in the present phase the calling
  /// thread counts as arrived. Result: false when it has no place.
  bool unregister_thread() noexcept;
  [[nodiscard]] bool is_registered() const noexcept;
  /// Effect: the same without names, for jobs.
  void add_participant() noexcept;
  void remove_participant() noexcept;

  /// Result: participants of the present phase.
  [[nodiscard]] unsigned thread_count() const noexcept;
  /// Result: those of them that have arrived.
  [[nodiscard]] unsigned arrived_count() const noexcept;
  /// Result: phases completed.
  [[nodiscard]] std::uint64_t generation() const noexcept {
    return phases_.load(std::memory_order_acquire);
  }
  /// Result: names of the participants that have not arrived in the present phase; those without a
  /// name are summed up at the end, as "2 unnamed".
  [[nodiscard]] std::vector<std::string> missing() const;
  [[nodiscard]] BarrierStats stats() const;

 private:
  friend class FrameBarrierBuilder;
  friend class detail::ThreadServices;
  explicit FrameBarrier(const FrameBarrierBuilder& builder) noexcept;

  // One word holds everything that must change together: the phase, how many have arrived in it,
  // how many it needs and how many the next one needs. A phase with as many arrivals as it needs is
  // closed: until a thread has seen that, further arrivals are surplus.
  struct State {
    std::uint32_t phase;  // modulo 2^28
    std::uint32_t arrived, expected, next;
    [[nodiscard]] bool closed() const noexcept { return arrived == expected; }
    // There are no participants: no phase is open, and no wait blocks.
    [[nodiscard]] bool idle() const noexcept { return closed() && next == 0; }
    [[nodiscard]] static State of(std::uint64_t word) noexcept;
    [[nodiscard]] std::uint64_t word() const noexcept;
  };
  struct Place {
    std::atomic<std::uint64_t> thread{0};   // 0: none yet
    std::atomic<std::uint32_t> arrived{0};  // phase + 1 of its last arrival
    std::atomic<std::uint32_t> first{0};    // phase from which it takes part
    bool used = false;                      // this and the name are guarded by places_lock_
    Text<32> name;
    [[nodiscard]] bool takes_part(std::uint32_t phase) const noexcept;
  };
  struct alignas(detail::kCacheLine) Waits {
    std::atomic<std::uint64_t> count{0}, time_ns{0}, longest_ns{0}, timeouts{0};
  };
  static constexpr std::size_t kWaitShards = 8;
  static constexpr std::uint32_t kPhaseMask = (1U << 28) - 1;

  [[nodiscard]] Place* place_of(ThreadId thread) const noexcept;
  [[nodiscard]] Place* place_named(std::string_view name) const noexcept;
  [[nodiscard]] Place* free_place() noexcept;
  BarrierTicket arrive(Place* place) noexcept;
  void complete(std::uint32_t phase) noexcept;
  void open_after(std::uint32_t phase) noexcept;
  // Result: the first phase to which the change applies.
  std::uint32_t change_participants(int by) noexcept;
  void leave(Place& place) noexcept;
  [[nodiscard]] bool is_over(std::uint32_t phase) const noexcept;
  bool await(std::uint32_t phase, std::uint64_t timeout_ns) noexcept;
  bool wait_for_ns(std::uint64_t timeout_ns) noexcept;
  [[nodiscard]] std::uint32_t phase_to_await() const noexcept;
  // Effect: calls visit(text) for each missing participant. `visit` must not call the barrier.
  template <class Visit>
  void visit_missing(Visit&& visit) const;
  void describe_missing(Text<192>& text) const noexcept;
  void surplus(const Place* place, const State& state) noexcept;

  const std::uint64_t id_;  // never reused: threads remember a barrier by it
  alignas(detail::kCacheLine) std::atomic<std::uint64_t> state_;
  // Written by the thread that completes a phase, after state_ says closed.
  alignas(detail::kCacheLine) std::atomic<std::uint32_t> over_{0};  // phases completed, modulo 2^28
  std::atomic<std::uint64_t> phases_{0};
  std::atomic<std::uint64_t> last_thread_{0};
  std::atomic<std::uint64_t> surplus_{0};
  detail::EventCount completed_;
  detail::AtomicPointer<detail::Instance> reports_to_{nullptr};

  mutable detail::SpinLock places_lock_;
  std::atomic<unsigned> places_{0};      // entries of place_ in use or once used
  std::atomic<unsigned> registered_{0};  // places that a thread has
  mutable Place place_[kMostNames];
  mutable Waits waits_[kWaitShards];
};

/// Builds a barrier whose participants have names before their threads exist:
///   FrameBarrier barrier = FrameBarrier::builder().with_thread("audio").with_count(3).build();
class FRAMEALLOC_API FrameBarrierBuilder {
 public:
  /// Effect: one participant of this name.
  FrameBarrierBuilder& with_thread(std::string_view name);
  /// Effect: at least `count` participants in all; any thread may arrive for an unnamed one.
  FrameBarrierBuilder& with_count(unsigned count) noexcept;
  [[nodiscard]] FrameBarrier build() const noexcept { return FrameBarrier(*this); }

 private:
  friend class FrameBarrier;
  std::vector<std::string> names_;
  unsigned count_ = 0;
};

}  // namespace framealloc
