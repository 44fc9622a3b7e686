// SPDX-License-Identifier: MIT OR Apache-2.0
#include "transfer/staging.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace framealloc::gpu::detail {

bool bump_chunk(BatchState& batch, std::size_t size, std::size_t alignment,
                GpuSlice& slice) noexcept {
  if (batch.chunks == nullptr) return false;
  const BufferRecord& record = *BufferAccess::record(batch.chunks->buffer);
  const std::size_t at = (batch.chunk_used + alignment - 1) & ~(alignment - 1);
  if (at > record.size || size > record.size - at) return false;
  batch.chunk_used = at + size;
  slice.data = record.mapped.load(std::memory_order_relaxed) + at;
  slice.buffer = record.handle.load(std::memory_order_relaxed);
  slice.offset = at;
  slice.size = size;
  return true;
}

Result<BatchState::Chunk*> make_chunk(GpuCore& core, std::size_t size,
                                      std::size_t alignment) noexcept {
  constexpr std::size_t kChunk = std::size_t{256} << 10;
  GpuAllocRequirements request(std::max(size, kChunk), GpuMemoryIntent::Staging);
  request.alignment = alignment;
  request.name = "upload";
  GpuDenial denial;
  GpuBuffer buffer;
  // A whole chunk is more than is needed: nothing of the program's gives way for that.
  if (!core.allocate_unasked(request, CallSite{}, buffer, denial)) {
    request.size = size;
    if (!core.allocate(request, CallSite{}, buffer, denial))
      return core.deny(denial, request, CallSite{});
  }
  void* const block = core.host.bookkeeping_alloc(sizeof(BatchState::Chunk));
  if (block == nullptr) return core.fail(Code::FA012, "no bookkeeping memory for an upload", {});
  return ::new (block) BatchState::Chunk{std::move(buffer), nullptr};
}

Result<GpuSlice> stage_in_frame(GpuCore& core, std::size_t size, std::size_t alignment) noexcept {
  GpuAllocRequirements request(size, GpuMemoryIntent::Staging, GpuLifetime::Frame);
  request.alignment = alignment;
  TransientPiece piece;
  GpuDenial denial;
  if (!core.transient->allocate(request, piece, denial))
    return core.deny(denial, request, CallSite{});
  GpuSlice slice;
  slice.data = piece.memory.mapped + piece.memory_offset;
  slice.buffer = piece.handle;
  slice.offset = piece.handle_offset;
  slice.size = size;
  slice.frame = piece.frame;
  return slice;
}

}  // namespace framealloc::gpu::detail
