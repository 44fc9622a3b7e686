// SPDX-License-Identifier: MIT OR Apache-2.0
// One function per hot path, compiled as a user's release build compiles it. tests/codegen reads the
// object file; this program is never linked.
#include <framealloc/gpu/frame_ring.hpp>

#include <cstddef>

namespace fa = framealloc;

// By symbol, as the test looks for them; a slice is no type of C.
fa::gpu::GpuSlice hot_ring_alloc(fa::gpu::FrameRing& ring, std::size_t size,
                                 std::size_t alignment) asm("hot_ring_alloc");
fa::gpu::GpuSlice hot_ring_alloc_aligned(fa::gpu::FrameRing& ring,
                                         std::size_t size) asm("hot_ring_alloc_aligned");
fa::gpu::GpuSlice hot_ring_push(fa::gpu::FrameRing& ring, const double& value) asm("hot_ring_push");

fa::gpu::GpuSlice hot_ring_alloc(fa::gpu::FrameRing& ring, std::size_t size,
                                 std::size_t alignment) {
  return ring.alloc(size, alignment);
}

fa::gpu::GpuSlice hot_ring_alloc_aligned(fa::gpu::FrameRing& ring, std::size_t size) {
  return ring.alloc(size, 256);
}

fa::gpu::GpuSlice hot_ring_push(fa::gpu::FrameRing& ring, const double& value) {
  return ring.push(std::span(&value, 1), 16);
}
