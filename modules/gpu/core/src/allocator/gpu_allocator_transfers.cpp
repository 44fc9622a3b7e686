// SPDX-License-Identifier: MIT OR Apache-2.0
// The rings and batches of an allocator.
#include "allocator/allocator_state.hpp"
#include "transfer/batch_state.hpp"

#include <framealloc/gpu/allocator.hpp>

namespace framealloc::gpu {

using detail::AllocatorState;

FrameRing& GpuAllocator::frame_ring(GpuMemoryIntent intent, CallSite site) noexcept {
  // A ring without a store answers empty, as an allocator that was moved from does. Its limit is 0
  // and nothing ever writes to it, so that threads may share it.
  static constinit FrameRing nothing;
  return core_ == nullptr ? nothing : AllocatorState::of(*core_).rings.ring(intent, site);
}

void GpuAllocator::excuse(const GpuBuffer& staging) noexcept {
  detail::BufferRecord* const record = detail::BufferAccess::record(staging);
  if (record != nullptr) record->used_by_transfer.store(true, std::memory_order_relaxed);
}

TransferBatch GpuAllocator::begin_transfer() noexcept {
  if (core_ == nullptr) return {};
  TransferBatch batch = detail::TransferAccess::begin(*core_);
  if (!batch) core_->report(Code::FA012, "no bookkeeping memory for a TransferBatch", {});
  return batch;
}

Result<Ticket> GpuAllocator::end_gpu_frame(TransferBatch last, Ticket* copies) noexcept {
  if (copies != nullptr) *copies = Ticket{};
  detail::BatchState* const batch = detail::TransferAccess::state(last);
  if (batch == nullptr || core_ == nullptr) return end_gpu_frame();
  const detail::CoreRef core = batch->link.core();
  if (core.get() != core_)
    return core_->fail(Code::FA011, "end_gpu_frame() with a batch of another allocator", {});
  return detail::finish_frame(*core_, *batch, copies);
}

}  // namespace framealloc::gpu
