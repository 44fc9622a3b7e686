// SPDX-License-Identifier: MIT OR Apache-2.0
// Copies that are submitted together.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/gpu/annotations.hpp>
#include <framealloc/gpu/backend.hpp>
#include <framealloc/gpu/buffer.hpp>
#include <framealloc/gpu/readback.hpp>
#include <framealloc/gpu/resource_memory.hpp>
#include <framealloc/gpu/slice.hpp>
#include <framealloc/gpu/ticket.hpp>
#include <framealloc/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace framealloc::gpu {

namespace detail {
struct BatchState;
}

/// Offsets in bytes.
struct CopyRegion {
  std::size_t src_offset = 0, dst_offset = 0;
  std::size_t size = SIZE_MAX;  ///< as much as both have
};

/// Copies that are submitted together, in the order in which they were recorded. Move-only; ending
/// it unsubmitted drops them. They are ordered with everything that the same queue was given before
/// and is given after: no barrier of yours is needed on that queue; VulkanBackend says what another
/// queue must wait for. An empty batch, which was moved from or had no bookkeeping memory, denies
/// (FA012). Thread contract: one thread at a time; batches are independent.
class TransferBatch {
 public:
  TransferBatch() = default;
  TransferBatch(TransferBatch&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  TransferBatch& operator=(TransferBatch&& other) noexcept {
    TransferBatch moved(std::move(other));
    std::swap(state_, moved.state_);
    return *this;
  }
  ~TransferBatch() {
    if (state_ != nullptr) let_go();
  }

  /// Result: false for one that was moved from, or that had no bookkeeping memory.
  [[nodiscard]] explicit operator bool() const noexcept { return state_ != nullptr; }

  /// Failures of all, and then nothing is recorded: FA412 usage missing; FA415 frame memory of
  /// another frame; FA011 outside of a buffer, or overlapping within one; FA416, FA417 no memory
  /// for what has to lie somewhere on the way; FA012 no bookkeeping.
  Result<void> copy(FRAMEALLOC_GPU_READS const GpuBuffer& src, FRAMEALLOC_GPU_WRITES GpuBuffer& dst,
                    const CopyRegion& region = {}) noexcept;
  Result<void> copy(FRAMEALLOC_GPU_READS const GpuSlice& src, FRAMEALLOC_GPU_WRITES GpuBuffer& dst,
                    std::size_t dst_offset = 0) noexcept;
  Result<void> upload(FRAMEALLOC_GPU_WRITES GpuBuffer& dst, std::span<const std::byte> data,
                      std::size_t dst_offset = 0) noexcept;
  [[nodiscard]] Result<Readback> readback(FRAMEALLOC_GPU_READS const GpuBuffer& src,
                                          std::size_t offset = 0,
                                          std::size_t size = SIZE_MAX) noexcept;

  [[nodiscard]] bool empty() const noexcept;
  /// Result: bytes of all copies.
  [[nodiscard]] std::size_t bytes() const noexcept;
  /// Effect: one submission, however many copies; the batch is empty afterward. Uses the queue. An
  /// empty batch submits nothing, and its ticket is reached since ever. Failure: FA419; FA415 where
  /// it holds staging memory of a frame that is over. The batch is dropped then.
  FRAMEALLOC_GPU_SUBMITS Result<Ticket> submit() noexcept;

  // --- For backends ------------------------------------------------------------------------------
  /// Result: mapped memory to copy from, for this batch and the frame that is open. Failure: FA011,
  /// FA416, FA417, FA012.
  [[nodiscard]] Result<GpuSlice> stage(std::size_t size, std::size_t alignment = 16) noexcept
      FRAMEALLOC_LIFETIMEBOUND;
  /// Effect: records a copy that the backend has checked. `used` is kept until the batch was
  /// submitted or dropped. Failure: FA012.
  Result<void> record(const CopyCommand& command, const ResourceMemory* used = nullptr) noexcept;
  [[nodiscard]] std::span<const CopyCommand> commands() const noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Effect: as submit(), for copies that the caller has put into commands of its own, which belong
  /// to the frame that is open. Result: the frame's ticket. Failure: FA001 no frame is open; as
  /// submit().
  Result<Ticket> hand_to_frame() noexcept;

 private:
  friend struct detail::TransferAccess;
  void let_go() noexcept;
  detail::BatchState* state_ = nullptr;
};

}  // namespace framealloc::gpu
