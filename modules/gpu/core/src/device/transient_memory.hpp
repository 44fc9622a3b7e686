// SPDX-License-Identifier: MIT OR Apache-2.0
// What the core knows of frame memory, which the folder ring/ implements.
#pragma once

#include "device/gpu_denial.hpp"

#include <framealloc/gpu/backend.hpp>
#include <framealloc/gpu/requirements.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::gpu::detail {

// Frame memory as a piece of a ring's buffer.
struct TransientPiece {
  DeviceMemory memory;            // the whole block
  std::size_t memory_offset = 0;  // of the piece in it
  std::uint64_t handle = 0;       // raw handle of the block's buffer
  std::uint64_t handle_offset = 0;
  std::size_t held = 0;     // bytes that are the piece's alone: size rounded up to the atom
  unsigned type = 0;        // memory type
  BufferUsage usage{};      // of the block's buffer
  std::uint64_t frame = 0;  // in which it was handed out
};

// Bytes of all rings. total == allocated + retired + padding + free.
struct TransientFigures {
  std::size_t total = 0;      // device memory of rings, as charged to the gate
  std::size_t allocated = 0;  // handed out in frames that are not over
  std::size_t retired = 0;    // of frames that are over and not complete
  std::size_t padding = 0;    // alignment and ends of pages
  std::size_t free = 0;
  std::uint64_t blocks = 0;
  std::size_t peak = 0;  // most allocated
};

// A block of a ring, or a part of one, as a dump shows it. Parts follow their block, in order and
// without gaps. Sizes in bytes.
struct TransientView {
  enum class Kind : std::uint8_t { Block, Used, Retired, Padding, Free };
  Kind kind = Kind::Block;
  unsigned type = 0;
  GpuMemoryIntent intent = GpuMemoryIntent::Staging;
  unsigned frames = 1;       // that its memory lives
  std::uint64_t memory = 0;  // handle of the block's
  std::size_t offset = 0, size = 0;
  // Of Used and Retired: bytes of `size`; the others are padding between them.
  std::size_t handed_out = 0;
  TagId tag = TagId::Untagged;  // of the first bytes in it
  std::uint64_t frame = 0;      // in which it was handed out
};
using TransientVisitor = void (*)(const TransientView& view, void* context);

class TransientMemory {
 public:
  // Effect: a piece for the request, of Frame or MultiFrame lifetime, under the tag of the calling
  // thread. Result: false, and why. No lock is held while the core makes room.
  [[nodiscard]] virtual bool allocate(const GpuAllocRequirements& request, TransientPiece& piece,
                                      GpuDenial& denial) noexcept = 0;
  // Effect: rings open for the frame. Its number is published by the core afterward.
  virtual void begin_frame(std::uint64_t frame) noexcept = 0;
  // Effect: every ring is closed (limit 0), the frame's pages wait for its serial.
  virtual void end_frame(std::uint64_t frame) noexcept = 0;
  // Effect: pages whose serial is complete are free again; blocks that have long been empty go back
  // to the gate.
  virtual void release(std::uint64_t completed) noexcept = 0;
  // Effect: gives free blocks back to the gate: those of one heap, or of all (kAllHeaps).
  // Result: bytes.
  virtual std::size_t trim(unsigned heap) noexcept = 0;
  // Effect: what rings have handed out is counted under its tags: they count by the page else.
  virtual void settle() noexcept = 0;
  // Effect: every ring looks at the limits of its tag again with its next slice.
  virtual void recall() noexcept = 0;
  virtual TransientFigures figures() noexcept = 0;
  // Result: bytes handed out in a heap: of frames that are not over.
  virtual std::size_t used(unsigned heap) noexcept = 0;
  // Effect: shows every block and what is in it, under a lock.
  virtual void visit(TransientVisitor visitor, void* context) noexcept = 0;
  // Effect: all blocks go back to the gate. Nothing is called afterward. Requirement: the device
  // is idle or lost.
  virtual void shut_down() noexcept = 0;
  static constexpr unsigned kAllHeaps = ~0U;

 protected:
  TransientMemory() = default;
  TransientMemory(const TransientMemory&) = default;
  TransientMemory& operator=(const TransientMemory&) = default;
  ~TransientMemory() = default;
};

}  // namespace framealloc::gpu::detail
