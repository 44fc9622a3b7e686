// SPDX-License-Identifier: MIT OR Apache-2.0
// The CPU's allocator and the GPU's in step.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/coordinator/unified_budget.hpp>
#include <framealloc/coordinator/unified_buffer.hpp>
#include <framealloc/coordinator/words.hpp>
#include <framealloc/gpu.hpp>
#include <framealloc/gpu/annotations.hpp>
#include <framealloc/result.hpp>
#include <framealloc/smart_alloc.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace framealloc::coordinator {

/// A frame of the CPU and a frame of the GPU are one frame here. The allocators stay usable on
/// their own. Buffers may outlive it; what was recorded and not submitted when it ends is dropped.
///
/// Thread contract: create, upload, readback and the transfer calls on any thread; those that say
/// "drives" on one; those that say "uses the queue" as GpuAllocator says. Failures are reported
/// once, by the allocator that denied, or to the SmartAlloc given as `cpu`.
class UnifiedAllocator {
 public:
  /// Effect: with a budget, the GPU's allocator is held to it from now on, for as long as it lives;
  /// the CPU's is if it was made with the budget's cpu_source(). When the budget has no room for
  /// what the GPU's allocator holds already, that is reported (FA417) and all calls are denied.
  UnifiedAllocator(SmartAlloc cpu, gpu::GpuAllocator gpu,
                   UnifiedBudgetManager* budget = nullptr) noexcept;
  UnifiedAllocator(const UnifiedAllocator&) = delete;
  UnifiedAllocator& operator=(const UnifiedAllocator&) = delete;
  ~UnifiedAllocator();
  /// Result: false: it could not be made (no memory, or no room in the budget); all calls are
  /// denied.
  [[nodiscard]] explicit operator bool() const noexcept { return state_ != nullptr; }

  // --- Frames ------------------------------------------------------------------------------------
  /// Effect: waits as begin_gpu_frame() does, then begins both frames. Failure: as there, and FA004
  /// while the CPU's frame is open; then nothing has begun. Drives.
  FRAMEALLOC_BEGIN_FRAME FRAMEALLOC_BEGIN_GPU_FRAME Result<void> begin_frame(
      std::chrono::nanoseconds timeout = gpu::kForever) noexcept;
  /// Effect: waits for transfer calls that are under way, submits what is left to submit, ends both
  /// frames. Staging buffers that live and were not transferred are reported (FA411). Failure:
  /// FA004, FA419; the CPU's frame is ended all the same. Drives; uses the queue.
  FRAMEALLOC_END_FRAME FRAMEALLOC_END_GPU_FRAME Result<gpu::Ticket> end_frame() noexcept;
  /// Result: of the frame that is open, or ended last; 0: none yet.
  [[nodiscard]] std::uint64_t frame_number() const noexcept;

  // --- Buffers -----------------------------------------------------------------------------------
  // Failures: FA011 size 0; FA417 budget; FA416 and FA012 no memory; FA001 (staging) no frame open.

  /// Zeroed, on the heap.
  [[nodiscard]] Result<UnifiedBuffer> create_cpu_buffer(
      std::size_t size, CallSite site = CallSite::current()) noexcept;
  [[nodiscard]] Result<UnifiedBuffer> create_gpu_buffer(
      std::size_t size, gpu::BufferUsage usage, gpu::MemoryType type = gpu::MemoryType::DeviceLocal,
      CallSite site = CallSite::current()) noexcept;
  [[nodiscard]] Result<UnifiedBuffer> create_gpu_buffer_with_intent(
      std::size_t size, gpu::GpuMemoryIntent intent, gpu::GpuLifetime lifetime,
      CallSite site = CallSite::current()) noexcept;
  /// A CPU side for this frame; the GPU's side, with `usage` and TransferDst, is made by the
  /// transfer.
  FRAMEALLOC_GPU_FRAME [[nodiscard]] Result<UnifiedBuffer> create_staging_buffer(
      std::size_t size, gpu::BufferUsage usage = gpu::BufferUsage::None,
      CallSite site = CallSite::current()) noexcept;
  /// Effect: a new CPU side, in the frame that is open, instead of the one that there is. The GPU's
  /// side stays.
  Result<void> reset_staging(FRAMEALLOC_GPU_FRAME UnifiedBuffer& buffer,
                             CallSite site = CallSite::current()) noexcept;

  // --- Transfers ---------------------------------------------------------------------------------
  /// Effect: records the copy of the whole buffer, making the missing side. It is submitted by
  /// submit_transfers() or end_frame(), whichever is first; wait() submits too. The buffer becomes
  /// Synchronized. Of a staging buffer the GPU reads the memory itself, so it is not to be written
  /// to any more; of another one the bytes are copied at once. Failures: FA412 usage; FA415 staging
  /// of another frame; no side to copy from: FA412; and those of buffers.
  Result<void> transfer_to_gpu(FRAMEALLOC_GPU_READS FRAMEALLOC_GPU_WRITES UnifiedBuffer& buffer,
                               CallSite site = CallSite::current()) noexcept;
  /// The other way: cpu_slice() has it once last_transfer() is complete. A staging side gives way
  /// to one on the heap.
  Result<void> transfer_to_cpu(FRAMEALLOC_GPU_READS UnifiedBuffer& buffer,
                               CallSite site = CallSite::current()) noexcept;
  Result<void> transfer(UnifiedBuffer& buffer, TransferDirection direction,
                        CallSite site = CallSite::current()) noexcept {
    return direction == TransferDirection::CpuToGpu ? transfer_to_gpu(buffer, site)
                                                    : transfer_to_cpu(buffer, site);
  }
  /// Effect: a device buffer with the data in it, in one call: with `usage` and TransferDst, or
  /// with all that DeviceOnly implies. In a frame or between two; submitted as transfers are.
  template <class T>
  [[nodiscard]] Result<UnifiedBuffer> upload(std::span<T> data,
                                             gpu::BufferUsage usage = gpu::BufferUsage::None,
                                             CallSite site = CallSite::current()) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    return upload_bytes(std::as_bytes(data), usage, site);
  }
  template <class T, std::size_t N>
    requires(N != std::dynamic_extent)
  [[nodiscard]] Result<UnifiedBuffer> upload(std::span<T, N> data,
                                             gpu::BufferUsage usage = gpu::BufferUsage::None,
                                             CallSite site = CallSite::current()) noexcept {
    return upload(std::span<T>(data), usage, site);
  }
  /// The same into a buffer that there is, making a missing GPU side. Failure: FA011 outside of the
  /// buffer; and those of transfer_to_gpu().
  template <class T>
  Result<void> upload(UnifiedBuffer& buffer, std::span<T> data, std::size_t byte_offset = 0,
                      CallSite site = CallSite::current()) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    return upload_bytes(buffer, std::as_bytes(data), byte_offset, site);
  }
  template <class T, std::size_t N>
    requires(N != std::dynamic_extent)
  Result<void> upload(UnifiedBuffer& buffer, std::span<T, N> data, std::size_t byte_offset = 0,
                      CallSite site = CallSite::current()) noexcept {
    return upload(buffer, std::span<T>(data), byte_offset, site);
  }
  /// Effect: records a copy of a part of the GPU's side. Failure: FA412 no such side, or no usage
  /// TransferSrc; FA011 outside of the buffer; and those of buffers. Thread contract of the result:
  /// its wait() submits everything recorded so far unless that was done; no other thread may be in
  /// a transfer call then. After submit_transfers() or end_frame() there is no such rule.
  [[nodiscard]] Result<gpu::Readback> readback(FRAMEALLOC_GPU_READS const UnifiedBuffer& buffer,
                                               std::size_t offset = 0, std::size_t size = SIZE_MAX,
                                               CallSite site = CallSite::current()) noexcept;
  /// Effect: what was recorded so far goes to the queue in one submission: before your own, whose
  /// work needs it. Nothing recorded: nothing submitted. Result: the ticket of the submission, or
  /// of the one before. Failure: FA419; what was recorded is dropped then. Uses the queue.
  FRAMEALLOC_GPU_SUBMITS Result<gpu::Ticket> submit_transfers() noexcept;
  /// Effect: waits for the ticket; if transfers that it may stand for are not submitted, submits
  /// them first (uses the queue). Failure: as GpuAllocator::wait() and submit_transfers().
  FRAMEALLOC_GPU_WAITS Result<void> wait(gpu::Ticket ticket,
                                         std::chrono::nanoseconds timeout = gpu::kForever) noexcept;
  /// Effect: submits what was recorded, waits for all that was submitted. Uses the queue.
  FRAMEALLOC_GPU_WAITS Result<void> wait_idle() noexcept;

  /// Result: falls when buffers end. A staging side counts until its buffer ends or is reset.
  [[nodiscard]] UnifiedUsage get_usage() const noexcept;
  [[nodiscard]] UnifiedBudgetManager* budget() const noexcept { return budget_; }
  [[nodiscard]] SmartAlloc& cpu_allocator() noexcept FRAMEALLOC_LIFETIMEBOUND { return cpu_; }
  [[nodiscard]] gpu::GpuAllocator& gpu_allocator() noexcept FRAMEALLOC_LIFETIMEBOUND {
    return gpu_;
  }

 private:
  [[nodiscard]] Result<UnifiedBuffer> upload_bytes(std::span<const std::byte> data,
                                                   gpu::BufferUsage usage, CallSite site) noexcept;
  Result<void> upload_bytes(UnifiedBuffer& buffer, std::span<const std::byte> data,
                            std::size_t offset, CallSite site) noexcept;

  [[nodiscard]] Error fail(Code code, std::string_view message, std::size_t requested,
                           const CallSite& site) const noexcept;
  [[nodiscard]] Error denied() const noexcept;
  // Result: nothing where the buffer is one of this allocator's.
  [[nodiscard]] Result<void> check(const UnifiedBuffer& buffer, std::string_view call,
                                   const CallSite& site) const noexcept;
  [[nodiscard]] Result<std::byte*> heap_side(std::size_t size, const CallSite& site) noexcept;
  [[nodiscard]] Result<gpu::GpuBuffer> device_side(std::size_t size, gpu::BufferUsage usage,
                                                   const CallSite& site) noexcept;
  // Effect: copies `data` to staging memory and records the copy from there.
  Result<void> record_upload(std::span<const std::byte> data, gpu::GpuBuffer& device,
                             std::size_t offset, const CallSite& site,
                             std::uint64_t& transfers) noexcept;

  SmartAlloc cpu_;
  gpu::GpuAllocator gpu_;
  UnifiedBudgetManager* budget_;
  Code denied_with_ = Code::None;
  detail::UnifiedState* state_ = nullptr;
};

}  // namespace framealloc::coordinator
