// SPDX-License-Identifier: MIT OR Apache-2.0
// Where the CPU and the GPU wait for each other.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/gpu.hpp>
#include <framealloc/result.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace framealloc::coordinator {

/// The CPU and the GPU wait for each other's frames. Reusable; frames count from 1, by calls of
/// signal_cpu_complete(). Any thread.
///
/// The GPU has completed a frame when it has completed the frame of the GpuAllocator that was open
/// when the CPU signaled it, or ended last, or when signal_gpu_complete() says so.
class CpuGpuBarrier {
 public:
  explicit CpuGpuBarrier(gpu::GpuAllocator gpu) noexcept;
  CpuGpuBarrier(const CpuGpuBarrier&) = delete;
  CpuGpuBarrier& operator=(const CpuGpuBarrier&) = delete;
  /// Requirement: no thread waits.
  ~CpuGpuBarrier();

  /// Effect: the CPU has completed its frame; call it behind end_frame(). Result: the frame that
  /// the CPU has completed with it.
  std::uint64_t signal_cpu_complete() noexcept;
  /// Effect: the GPU has completed that frame and those before: for one who knows by other means
  /// than the allocator's tickets. Wakes who waits.
  void signal_gpu_complete(std::uint64_t frame) noexcept;
  /// Effect: waits until the GPU has completed the frame that the CPU completed last, also for the
  /// end of that frame, where it is still open. At once before the first. Failure: FA419 after
  /// `timeout`, or device lost; at once where the thread that signaled an open frame would wait for
  /// its end forever.
  Result<void> wait_current_frame(std::chrono::nanoseconds timeout = gpu::kForever) noexcept;
  /// Result: the frame that the CPU completed last; 0: none yet.
  [[nodiscard]] std::uint64_t current_frame() const noexcept;

 private:
  gpu::GpuAllocator gpu_;
  mutable std::mutex mutex_;
  std::condition_variable told_;
  std::uint64_t cpu_frame_ = 0;  // that the CPU has completed
  std::uint64_t gpu_frame_ = 0;  // that the GPU has, as far as somebody has said
  gpu::Ticket ticket_;           // of cpu_frame_; 0: the allocator has had no frame yet
  std::thread::id signaled_by_;  // who called signal_cpu_complete() last
};

}  // namespace framealloc::coordinator
