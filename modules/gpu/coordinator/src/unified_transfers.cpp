// SPDX-License-Identifier: MIT OR Apache-2.0
// Copies between the sides of buffers.
#include <framealloc/coordinator/unified_allocator.hpp>

#include "unified_state.hpp"

#include <cstring>
#include <optional>
#include <utility>

namespace framealloc::coordinator {

using detail::BufferSides;
using detail::FrameGate;
using detail::SidesAccess;

Result<void> UnifiedAllocator::record_upload(std::span<const std::byte> data,
                                             gpu::GpuBuffer& device, std::size_t offset,
                                             const CallSite& site,
                                             std::uint64_t& transfers) noexcept {
  if (data.empty() || offset > device.size() || data.size() > device.size() - offset)
    return fail(Code::FA011, "an upload of no bytes, or outside of its buffer", data.size(), site);
  const FrameGate::Pass pass(state_->gate);
  const bool in_frame = state_->frame_open.load(std::memory_order_acquire);
  Result<gpu::GpuBuffer> staging =
      gpu_.allocate({data.size(), gpu::GpuMemoryIntent::Staging,
                     in_frame ? gpu::GpuLifetime::Frame : gpu::GpuLifetime::Persistent},
                    site);
  if (!staging) return staging.error();
  const std::span<std::byte> bytes = staging->map(gpu::MapMode::Write);
  if (bytes.size() < data.size())  // reported
    return Error{Code::FA415, "the frame of an upload ended while it was recorded"};
  std::memcpy(bytes.data(), data.data(), data.size());
  staging->unmap();
  gpu::CopyRegion region;
  region.dst_offset = offset;
  region.size = data.size();
  return state_->record(gpu_, transfers, [&](gpu::TransferBatch& batch) {
    return batch.copy(*staging, device, region);
  });
}

Result<void> UnifiedAllocator::transfer_to_gpu(UnifiedBuffer& buffer, CallSite site) noexcept {
  if (Result<void> checked = check(buffer, "transfer_to_gpu", site); !checked) return checked;
  BufferSides& sides = SidesAccess::of(buffer);
  if (!sides.staged && sides.heap == nullptr)
    return fail(Code::FA412, "transfer_to_gpu() of a buffer without a CPU side: nothing to copy",
                sides.size, site);
  gpu::GpuBuffer made;
  if (!sides.device) {
    Result<gpu::GpuBuffer> side = device_side(sides.size, sides.usage, site);
    if (!side) {
      gpu::GpuAllocator::excuse(sides.staging);  // it was not forgotten
      return side.error();
    }
    made = *std::move(side);
  }
  gpu::GpuBuffer& device = sides.device ? sides.device : made;
  Result<void> recorded;
  if (sides.staged) {
    const FrameGate::Pass pass(state_->gate);
    recorded = state_->record(gpu_, sides.transfers, [&](gpu::TransferBatch& batch) {
      return batch.copy(sides.staging, device);
    });
  } else {
    recorded = record_upload(buffer.cpu_slice(), device, 0, site, sides.transfers);
  }
  if (!recorded) {
    gpu::GpuAllocator::excuse(sides.staging);
    return recorded;
  }
  SidesAccess::take_device(sides, std::move(made));
  SidesAccess::forget_arriving(sides);
  sides.before = BufferLocation::CpuOnly;
  sides.location = BufferLocation::Synchronized;
  return {};
}

Result<void> UnifiedAllocator::transfer_to_cpu(UnifiedBuffer& buffer, CallSite site) noexcept {
  if (Result<void> checked = check(buffer, "transfer_to_cpu", site); !checked) return checked;
  BufferSides& sides = SidesAccess::of(buffer);
  if (!sides.device)
    return fail(Code::FA412, "transfer_to_cpu() of a buffer without a GPU side: nothing to copy",
                sides.size, site);
  std::byte* heap = sides.heap;
  if (heap == nullptr) {
    const Result<std::byte*> side = heap_side(sides.size, site);
    if (!side) return side.error();
    heap = *side;
  }
  Result<gpu::Readback> arriving = gpu::Readback();
  {
    const FrameGate::Pass pass(state_->gate);
    arriving = state_->record(gpu_, sides.transfers, [&](gpu::TransferBatch& batch) {
      return batch.readback(sides.device);
    });
  }
  if (!arriving) {
    if (heap != sides.heap) cpu_.heap_free_bytes(heap);
    return arriving.error();
  }
  sides.staging = gpu::GpuBuffer();
  sides.staged = false;
  sides.heap = heap;
  SidesAccess::count_cpu(sides);
  SidesAccess::forget_arriving(sides);
  sides.arriving = *std::move(arriving);
  sides.awaits = true;
  sides.before = BufferLocation::GpuOnly;
  sides.location = BufferLocation::Synchronized;
  return {};
}

Result<UnifiedBuffer> UnifiedAllocator::upload_bytes(std::span<const std::byte> data,
                                                     gpu::BufferUsage usage,
                                                     CallSite site) noexcept {
  if (state_ == nullptr) return denied();
  Result<gpu::GpuBuffer> device = device_side(data.size(), usage, site);
  if (!device) return device.error();
  std::uint64_t transfers = 0;
  if (Result<void> recorded = record_upload(data, *device, 0, site, transfers); !recorded)
    return recorded.error();
  return SidesAccess::make(*state_, *std::move(device), transfers);
}

Result<void> UnifiedAllocator::upload_bytes(UnifiedBuffer& buffer, std::span<const std::byte> data,
                                            std::size_t offset, CallSite site) noexcept {
  if (Result<void> checked = check(buffer, "upload", site); !checked) return checked;
  BufferSides& sides = SidesAccess::of(buffer);
  gpu::GpuBuffer made;
  if (!sides.device) {
    Result<gpu::GpuBuffer> side = device_side(sides.size, sides.usage, site);
    if (!side) return side.error();
    made = *std::move(side);
  }
  gpu::GpuBuffer& device = sides.device ? sides.device : made;
  if (Result<void> recorded = record_upload(data, device, offset, site, sides.transfers); !recorded)
    return recorded;
  SidesAccess::take_device(sides, std::move(made));
  SidesAccess::forget_arriving(sides);
  const bool has_cpu_side = sides.staged || sides.heap != nullptr;
  sides.before = has_cpu_side ? BufferLocation::CpuOnly : BufferLocation::GpuOnly;
  sides.location = BufferLocation::GpuOnly;
  return {};
}

Result<gpu::Readback> UnifiedAllocator::readback(const UnifiedBuffer& buffer, std::size_t offset,
                                                 std::size_t size, CallSite site) noexcept {
  if (Result<void> checked = check(buffer, "readback", site); !checked) return checked.error();
  const BufferSides& sides = SidesAccess::of(buffer);
  if (!sides.device)
    return fail(Code::FA412, "readback() of a buffer without a GPU side: nothing to copy",
                sides.size, site);
  const FrameGate::Pass pass(state_->gate);
  std::uint64_t transfers = 0;
  return state_->record(gpu_, transfers, [&](gpu::TransferBatch& batch) {
    return batch.readback(sides.device, offset, size);
  });
}

Result<gpu::Ticket> UnifiedAllocator::submit_transfers() noexcept {
  return state_ == nullptr ? Result<gpu::Ticket>(denied()) : state_->submit();
}

Result<void> UnifiedAllocator::wait(gpu::Ticket ticket, std::chrono::nanoseconds timeout) noexcept {
  if (state_ == nullptr) return denied();
  std::optional<gpu::Ticket> reachable;
  {
    const FrameGate::Pass pass(state_->gate);
    if (state_->waits_for_submission(ticket)) {
      const Result<gpu::Ticket> submitted = state_->submit();
      if (!submitted) return submitted.error();
    }
    reachable = state_->reachable(gpu_, ticket);
  }
  return reachable ? gpu_.wait(*reachable, timeout) : gpu_.wait_idle();
}

Result<void> UnifiedAllocator::wait_idle() noexcept {
  if (state_ == nullptr) return denied();
  const Result<gpu::Ticket> submitted = state_->submit();
  const Result<void> idle = gpu_.wait_idle();
  return submitted ? idle : Result<void>(submitted.error());
}

}  // namespace framealloc::coordinator
