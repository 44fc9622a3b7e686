// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory runs short: who is told, and when.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/account/reclaimer.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/event_hub.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc {

enum class PressureLevel : std::uint8_t {
  None,
  Moderate,  ///< a good time to let go of caches
  Critical,  ///< a request is about to be denied, or the system stalls
};

enum class PressureReason : std::uint8_t {
  Threshold,  ///< what is reserved has passed AllocConfig::pressure_threshold
  Limit,      ///< global_memory_limit is about to deny a request
  Source,     ///< the memory source gave nothing for a request
  Notified,   ///< notify_memory_pressure()
};

/// Sizes in bytes.
struct PressureEvent {
  PressureLevel level = PressureLevel::None;
  PressureReason reason = PressureReason::Notified;
  std::size_t used = 0;       ///< reserved from the source
  std::size_t limit = 0;      ///< global_memory_limit; 0 = none
  std::size_t requested = 0;  ///< of the request that is about to be denied; 0 when there is none
};
/// Called with no lock of the library held; it may free, evict, trim and allocate. Pressure that
/// its own calls raise on the same thread is not told. Must not throw.
using PressureHandler = void (*)(const PressureEvent& event, void* context);

namespace detail {

// One per allocator. Thread contract: any thread.
class FRAMEALLOC_API PressureMonitor {
 public:
  PressureMonitor(LimitedSource& limited_source, ChunkPool& chunks, EventHub& events) noexcept
      : limited_source_(limited_source), chunks_(chunks), events_(events) {}
  PressureMonitor(const PressureMonitor&) = delete;
  PressureMonitor& operator=(const PressureMonitor&) = delete;

  // Effect: `reclaimer` is asked before anybody is told that a request is about to be denied; null
  // is nobody. Requirement: before other threads use the monitor.
  void set_reclaimer(Reclaimer* reclaimer) noexcept { reclaimer_ = reclaimer; }
  // Effect: replaces the handler; null = none. Another thread may still be calling the old one.
  void set_handler(PressureHandler handler, void* context) noexcept;
  // Effect: tells that the threshold was passed, if it was and nobody has told it yet. To be called
  // where no lock is held and anything may change. Free when there is nothing to tell.
  void settle() noexcept {
    if (limited_source_.crossing_due()) [[unlikely]]
      emit_crossing();
  }
  // Effect: what is held and not used goes back. Result: whether there was anything. Requests come
  // here by ReclaimLoop.
  [[nodiscard]] bool give_back() noexcept {
    return reclaimer_ != nullptr && reclaimer_->give_back_memory();
  }
  // Effect: tells that a request of `bytes` is about to be denied, then gives back what lies idle,
  // as what was freed meanwhile does: bookkeeping memory does not come from idle chunks.
  // Result: whether it is worth to try once more.
  [[nodiscard]] bool relieve(std::size_t bytes, bool denied_by_limit) noexcept;
  // Effect: tells what somebody else has found out. Result: whether anybody was told.
  bool emit(PressureLevel level) noexcept;

 private:
  FRAMEALLOC_COLD void emit_crossing() noexcept;
  bool emit(const PressureEvent& event) noexcept;

  LimitedSource& limited_source_;
  ChunkPool& chunks_;
  EventHub& events_;
  Reclaimer* reclaimer_ = nullptr;
  SpinLock lock_{};
  PressureHandler handler_ = nullptr;
  void* context_ = nullptr;
};

}  // namespace detail
}  // namespace framealloc
