// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/coordinator/cpu_gpu_barrier.hpp>

#include <algorithm>
#include <utility>

namespace framealloc::coordinator {

CpuGpuBarrier::CpuGpuBarrier(gpu::GpuAllocator gpu) noexcept : gpu_(std::move(gpu)) {}
CpuGpuBarrier::~CpuGpuBarrier() = default;

std::uint64_t CpuGpuBarrier::signal_cpu_complete() noexcept {
  const std::lock_guard held(mutex_);
  const std::uint64_t frame = gpu_.current_frame();
  ticket_ = frame == 0 ? gpu::Ticket() : gpu::Ticket::end_of_frame(frame);
  signaled_by_ = std::this_thread::get_id();
  return ++cpu_frame_;
}

void CpuGpuBarrier::signal_gpu_complete(std::uint64_t frame) noexcept {
  const std::lock_guard held(mutex_);
  gpu_frame_ = std::max(gpu_frame_, frame);
  told_.notify_all();
}

Result<void> CpuGpuBarrier::wait_current_frame(std::chrono::nanoseconds timeout) noexcept {
  using Clock = std::chrono::steady_clock;
  // Nothing is signaled when a frame ends, so this polls.
  constexpr std::chrono::nanoseconds kLook = std::chrono::milliseconds(1);
  constexpr std::chrono::nanoseconds kYear = std::chrono::hours(24 * 365);  // the clock can hold it
  const bool forever = timeout == gpu::kForever;
  const Clock::time_point deadline = Clock::now() + std::min(timeout, kYear);
  std::unique_lock held(mutex_);
  const std::uint64_t frame = cpu_frame_;
  const gpu::Ticket ticket = ticket_;
  const auto completed = [&] { return gpu_frame_ >= frame; };
  for (;;) {
    if (completed()) return {};
    const std::chrono::nanoseconds left =
        forever ? gpu::kForever : std::max(deadline - Clock::now(), Clock::duration::zero());
    if (ticket.serial != 0 && gpu_.frame_end() > ticket) {
      held.unlock();
      Result<void> waited = gpu_.wait(ticket, left);
      if (waited) signal_gpu_complete(frame);
      held.lock();
      // The frame that is ending at this moment is not with the GPU yet.
      if (waited || completed()) return {};
      if (gpu_.backend().is_lost() || Clock::now() >= deadline) return waited;
    } else if (ticket.serial != 0 && forever && signaled_by_ == std::this_thread::get_id()) {
      return Error{Code::FA419, "the frame is open: the thread that signaled it must end it first"};
    } else if (left <= std::chrono::nanoseconds::zero()) {
      return Error{Code::FA419,
                   ticket.serial != 0
                       ? "the frame that the CPU has completed has not ended yet: call again"
                       : "nobody has said yet that the GPU has completed the frame: call again"};
    }
    if (ticket.serial == 0 && forever)
      told_.wait(held, completed);
    else
      told_.wait_for(held, ticket.serial == 0 ? left : std::min(left, kLook), completed);
  }
}

std::uint64_t CpuGpuBarrier::current_frame() const noexcept {
  const std::lock_guard held(mutex_);
  return cpu_frame_;
}

}  // namespace framealloc::coordinator
