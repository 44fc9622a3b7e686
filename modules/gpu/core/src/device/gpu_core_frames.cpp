// SPDX-License-Identifier: MIT OR Apache-2.0
// Frames, and waiting for them.
#include "device/gpu_core.hpp"

namespace framealloc::gpu::detail {

Result<void> GpuCore::begin_frame(std::chrono::nanoseconds timeout) noexcept {
  if (frame_open())
    return fail(Code::FA004, "begin_gpu_frame() inside a frame: call end_gpu_frame() first", {});
  if (backend.is_lost()) return wait_failed(DeviceStatus::Lost, "a frame to begin");
  const std::uint64_t next = frame() + 1;
  if (next > config.frames_in_flight) {
    const std::uint64_t before = next - config.frames_in_flight;
    const DeviceStatus status = completion->wait(end_serial(before), timeout);
    if (status != DeviceStatus::Ok) return wait_failed(status, "the frame before");
  }
  completion->run_callbacks();
  const std::uint64_t completed = completion->completed();
  HeapBytes freed{};
  retired.reclaim_for_frame(completed, freed);
  transient->release(completed);
  blocks.age(next, freed);
  gate.refresh_budgets();
  completion->begin_frame(next);
  transient->begin_frame(next);
  clock_.store(next << 1 | 1, std::memory_order_release);
  emit_freed(freed);
  tell_thresholds();
  frame_began_ns_ = 0;
  if (host.emits(FrameEventKind::GpuFrameEnd))
    frame_began_ns_ = static_cast<std::uint64_t>(
        std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
  emit(FrameEventKind::GpuFrameBegin, 0, next);
  return {};
}

Result<Ticket> GpuCore::end_frame() noexcept {
  if (!frame_open())
    return fail(Code::FA004, "end_gpu_frame() outside of a frame: call begin_gpu_frame() first",
                {});
  const std::uint64_t now = close_frame();
  return frame_ended(now, completion->end_frame(now));
}

std::uint64_t GpuCore::close_frame() noexcept {
  const std::uint64_t now = frame();
  report_forgotten(now);
  transient->end_frame(now);
  clock_.store(now << 1, std::memory_order_release);
  return now;
}

Result<Ticket> GpuCore::frame_ended(std::uint64_t now, DeviceStatus status) noexcept {
  emit(FrameEventKind::GpuFrameEnd, 0, now);
  if (status != DeviceStatus::Ok)
    return fail(Code::FA419,
                status == DeviceStatus::Lost
                    ? "the device is lost: the end of a frame was not signaled"
                    : "the driver failed to signal the end of a frame",
                {});
  return Ticket{end_serial(now)};
}

void GpuCore::report_forgotten(std::uint64_t now) noexcept {
  RecordPool::StagedFacts staged;
  while (records->pop_forgotten(now, staged)) {
    Text<256> text;
    text.append("staging memory");
    if (!staged.name.empty()) text.append(" '").append(staged.name.view()).append("'");
    text.append(" of ")
        .append_bytes(staged.size)
        .append(
            " lives at the end of its frame, and no transfer has used it: an upload was forgotten");
    ReportFacts facts;
    facts.requested = staged.size;
    facts.tag = staged.tag;
    facts.site = staged.site;
    facts.frame = staged.frame;
    report(Code::FA411, text.view(), facts);
  }
}

Result<void> GpuCore::wait_idle() noexcept {
  // What was let go before the wait is used by nothing but what was submitted before it, and by
  // batches, which pin it. What other threads let go during the wait may be used by what they
  // submit during it. Where the backend does not see the program's own submissions, those of an open
  // frame are over when its end is.
  const std::uint64_t over = frame_open() ? frame() - 1 : frame();
  const bool sees_all = !frame_open() || backend.sees_every_submission();
  const std::uint32_t round =
      retired.begin_wait(sees_all ? RetireQueue::kEverything : end_serial(over));
  const DeviceStatus status = completion->wait_idle();
  completion->run_callbacks();
  if (status != DeviceStatus::Ok) return wait_failed(status, "what was submitted");
  HeapBytes freed{};
  retired.reclaim_waited(round, freed);
  transient->release(end_serial(over));  // memory of an open frame is let go when that ends
  if (frame() == 0) blocks.age(0, freed);
  emit_freed(freed);
  return {};
}

Error GpuCore::wait_failed(DeviceStatus status, std::string_view what) noexcept {
  if (status == DeviceStatus::Timeout) {  // an answer, and no report
    Error error;
    error.code = Code::FA419;
    error.message.append("the GPU has not completed ").append(what).append(" yet: call again");
    return error;
  }
  Text<256> text;
  text.append(status == DeviceStatus::Lost ? "the device is lost" : "the driver failed")
      .append(" while waiting for ")
      .append(what);
  return fail(Code::FA419, text.view(), {});
}

}  // namespace framealloc::gpu::detail
