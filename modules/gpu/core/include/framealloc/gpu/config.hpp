// SPDX-License-Identifier: MIT OR Apache-2.0
// What a GPU allocator is made with.
#pragma once

#include <cstddef>

namespace framealloc::gpu {

/// Sizes in bytes.
struct GpuConfig {
  unsigned frames_in_flight = 2;  ///< frames whose memory the GPU may still use, 1 to 8
  std::size_t block_size = std::size_t{64}
                           << 20;  ///< of device memory; size / 16 on heaps below 1 GiB
  std::size_t ring_page = std::size_t{1} << 20;  ///< what a thread takes from a ring at once
  std::size_t ring_size = std::size_t{8} << 20;  ///< first block of each intent's ring; grows
  /// Requests this large get memory of their own; 0: block_size / 2. It goes back to the device as
  /// soon as the GPU is done with it, since no other resource may lie in it: what is made and let go
  /// in each frame should be smaller, or be kept.
  std::size_t dedicated_from = 0;
  /// Per memory type, however long they are empty; but no more than makes all that is held 1.5 times
  /// what is used, and so many blocks.
  unsigned keep_empty_blocks = 1;
  unsigned empty_block_frames = 120;  ///< an empty block above that goes after so many frames
  std::size_t heap_limit = 0;  ///< of every heap; 0: what the device says, else 80 % of its size
};

}  // namespace framealloc::gpu
