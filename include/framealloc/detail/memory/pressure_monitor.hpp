// SPDX-License-Identifier: MIT OR Apache-2.0
// Notices that memory is short, and announces it.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/account/reclaimer.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/event_hub.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/pressure.hpp>

#include <cstddef>

namespace framealloc::detail {

// One per allocator. Thread contract: any thread.
class PressureMonitor {
 public:
  PressureMonitor(LimitedSource& limited_source, ChunkPool& chunks, EventHub& events) noexcept
      : limited_source_(limited_source), chunks_(chunks), events_(events) {}
  PressureMonitor(const PressureMonitor&) = delete;
  PressureMonitor& operator=(const PressureMonitor&) = delete;

  // Effect: asks `reclaimer` for memory before a coming denial is announced; null = none.
  // Requirement: before other threads use the monitor.
  void set_reclaimer(Reclaimer* reclaimer) noexcept { reclaimer_ = reclaimer; }
  // Effect: replaces the handler; null = none. Another thread may still be running the old one.
  void set_handler(PressureHandler handler, void* context) noexcept;
  // Effect: announces that the threshold was passed, unless that has been announced already. To be
  // called where no lock is held and anything may change. Costs one load when nothing is due.
  void settle() noexcept {
    if (limited_source_.crossing_due()) [[unlikely]]
      emit_crossing();
  }
  // Effect: returns memory that is held but not used. Result: whether there was any. ReclaimLoop
  // calls this for requests.
  [[nodiscard]] bool give_back() noexcept {
    return reclaimer_ != nullptr && reclaimer_->give_back_memory();
  }
  // Effect: announces that a request of `bytes` is about to be denied, then returns idle memory,
  // including what handlers have just freed: bookkeeping memory does not come from idle chunks.
  // Result: whether a retry is worthwhile.
  [[nodiscard]] bool relieve(std::size_t bytes, bool denied_by_limit) noexcept;
  // Effect: announces pressure that was detected outside. Result: whether there is a listener.
  bool emit(PressureLevel level) noexcept;

 private:
  FRAMEALLOC_API FRAMEALLOC_COLD void emit_crossing() noexcept;
  bool emit(const PressureEvent& event) noexcept;

  LimitedSource& limited_source_;
  ChunkPool& chunks_;
  EventHub& events_;
  Reclaimer* reclaimer_ = nullptr;
  SpinLock lock_{};
  PressureHandler handler_ = nullptr;
  void* context_ = nullptr;
};

}  // namespace framealloc::detail
