// SPDX-License-Identifier: MIT OR Apache-2.0
// Device memory of one kind of frame memory, and the pages that it is handed out in.
#pragma once

#include "device/gpu_core.hpp"

#include <framealloc/gpu/offset_allocator.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::gpu::detail {

// One piece of device memory with one buffer over all of it.
struct RingBlock {
  explicit RingBlock(OffsetAllocator&& offsets) noexcept : pages(std::move(offsets)) {}
  OffsetAllocator pages;
  DeviceMemory memory;
  std::uint64_t buffer = 0;
  std::size_t size = 0;  // that can be handed out
  std::size_t memory_size = 0;
  unsigned type = 0;
  std::uint32_t live = 0;  // pages
  std::uint64_t empty_since = 0;
  RingBlock* next = nullptr;
};

// Bytes that were handed out of a page under one tag.
struct TagRun {
  TagId tag = TagId::Untagged;
  std::size_t bytes = 0;
  TagRun* next = nullptr;
};

// A range of a block that belongs to one frame.
struct RingPage {
  RingBlock* block = nullptr;
  OffsetRange range;
  std::uint64_t size = 0;
  std::uint64_t last_frame = 0;  // the last in which its memory may be used
  std::size_t used = 0;          // handed out
  std::size_t extent = 0;        // from its begin to the end of what was handed out last
  bool open = false;             // more may be handed out of it
  TagRun first_run;
  TagRun* runs = &first_run;
  RingPage* next = nullptr;
  [[nodiscard]] std::uint64_t begin() const noexcept { return range.offset; }
  [[nodiscard]] std::uint64_t end() const noexcept { return range.offset + size; }
};

// All frame memory of one intent, one lifetime and one usage: no two of these share a block.
struct RingSet {
  GpuMemoryIntent intent = GpuMemoryIntent::Staging;
  unsigned frames = 1;
  BufferUsage usage = BufferUsage::None;
  std::size_t alignment = 1;    // that the usage needs
  std::uint32_t type_mask = 0;  // in which a buffer of that usage can lie
  std::size_t next_size = 0;    // of the next block
  RingBlock* blocks = nullptr;
  RingPage* shared = nullptr;  // that frame buffers are bumped from
  std::uint64_t shared_cursor = 0;
  RingPage* in_frame = nullptr;  // pages of frames that are not over
  RingPage* waiting = nullptr;   // pages of frames that are over
  RingSet* next = nullptr;
};

}  // namespace framealloc::gpu::detail
