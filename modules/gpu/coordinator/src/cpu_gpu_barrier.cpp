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
  return ++cpu_frame_;
}

void CpuGpuBarrier::signal_gpu_complete(std::uint64_t frame) noexcept {
  const std::lock_guard held(mutex_);
  gpu_frame_ = std::max(gpu_frame_, frame);
  told_.notify_all();
}

Result<void> CpuGpuBarrier::wait_current_frame(std::chrono::nanoseconds timeout) noexcept {
  std::unique_lock held(mutex_);
  const std::uint64_t frame = cpu_frame_;
  const gpu::Ticket ticket = ticket_;
  const auto completed = [&] { return gpu_frame_ >= frame; };
  if (completed()) return {};
  if (ticket.serial != 0) {
    held.unlock();
    Result<void> waited = gpu_.wait(ticket, timeout);
    if (waited) signal_gpu_complete(frame);
    return waited;
  }
  if (timeout == gpu::kForever) {
    told_.wait(held, completed);
    return {};
  }
  // A deadline that the clock can hold.
  constexpr std::chrono::nanoseconds kYear = std::chrono::hours(24 * 365);
  if (told_.wait_for(held, std::min(timeout, kYear), completed)) return {};
  return Error{Code::FA419, "nobody has said yet that the GPU has completed the frame: call again"};
}

std::uint64_t CpuGpuBarrier::current_frame() const noexcept {
  const std::lock_guard held(mutex_);
  return cpu_frame_;
}

}  // namespace framealloc::coordinator
