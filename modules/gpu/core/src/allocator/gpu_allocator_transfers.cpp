// SPDX-License-Identifier: MIT OR Apache-2.0
// The rings and batches of an allocator.
#include "allocator/allocator_state.hpp"
#include "transfer/batch_state.hpp"

#include <framealloc/gpu/allocator.hpp>

namespace framealloc::gpu {

using detail::AllocatorState;

FrameRing& GpuAllocator::frame_ring(GpuMemoryIntent intent) noexcept {
  // A ring without a store answers empty, as an allocator that was moved from does. Its limit is 0
  // and nothing ever writes to it, so that threads may share it.
  static constinit FrameRing nothing;
  return core_ == nullptr ? nothing : AllocatorState::of(*core_).rings.ring(intent);
}

TransferBatch GpuAllocator::begin_transfer() noexcept {
  if (core_ == nullptr) return {};
  TransferBatch batch = detail::TransferAccess::begin(*core_);
  if (!batch) core_->report(Code::FA012, "no bookkeeping memory for a TransferBatch", {});
  return batch;
}

}  // namespace framealloc::gpu
