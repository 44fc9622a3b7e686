// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/pressure.hpp>

#include <framealloc/detail/memory/pressure_monitor.hpp>
#include <framealloc/detail/os/thread_record.hpp>

#include <mutex>

namespace framealloc::detail {

namespace {

// The monitors whose handlers this thread is in.
struct ActiveTelling {
  const PressureMonitor* monitor;
  const ActiveTelling* outer;
};
constexpr auto kTellingChain = os::CallChain::PressureHandlers;

bool is_telling(const PressureMonitor* monitor) noexcept {
  for (const auto* one = static_cast<const ActiveTelling*>(os::innermost_call(kTellingChain));
       one != nullptr; one = one->outer) {
    if (one->monitor == monitor) return true;
  }
  return false;
}

}  // namespace

void PressureMonitor::set_handler(PressureHandler handler, void* context) noexcept {
  const std::lock_guard guard(lock_);
  handler_ = handler;
  context_ = context;
}

void PressureMonitor::emit_crossing() noexcept {
  if (is_telling(this) || !limited_source_.take_crossing()) return;
  PressureEvent event;
  event.level = PressureLevel::Moderate;
  event.reason = PressureReason::Threshold;
  (void)emit(event);
}

bool PressureMonitor::relieve(std::size_t bytes, bool denied_by_limit) noexcept {
  PressureEvent event;
  event.level = PressureLevel::Critical;
  event.reason = denied_by_limit ? PressureReason::Limit : PressureReason::Source;
  event.requested = bytes;
  const bool asked = emit(event);
  return chunks_.trim() != 0 || asked;
}

bool PressureMonitor::emit(PressureLevel level) noexcept {
  PressureEvent event;
  event.level = level;
  return emit(event);
}

bool PressureMonitor::emit(const PressureEvent& what) noexcept {
  if (is_telling(this)) return false;
  PressureEvent event = what;
  event.used = limited_source_.reserved();
  event.limit = limited_source_.limit();
  PressureHandler handler = nullptr;
  void* context = nullptr;
  {
    const std::lock_guard guard(lock_);
    handler = handler_;
    context = context_;
  }
  const ActiveTelling telling{this,
                              static_cast<const ActiveTelling*>(os::innermost_call(kTellingChain))};
  os::set_innermost_call(kTellingChain, &telling);
  if (handler != nullptr) handler(event, context);
  const bool heard = events_.wants(FrameEventKind::MemoryPressure);
  if (heard) {
    FrameEvent lifecycle;
    lifecycle.kind = FrameEventKind::MemoryPressure;
    lifecycle.used = event.used;
    lifecycle.limit = event.limit;
    lifecycle.size = event.requested;
    events_.emit(lifecycle);
  }
  os::set_innermost_call(kTellingChain, telling.outer);
  return handler != nullptr || heard;
}

}  // namespace framealloc::detail
