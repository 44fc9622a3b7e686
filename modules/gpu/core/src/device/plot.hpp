// SPDX-License-Identifier: MIT OR Apache-2.0
// Parts of blocks in which the threads of one lane find places without the others.
#pragma once

#include "device/brief_lock.hpp"

#include <framealloc/gpu/backend.hpp>
#include <framealloc/gpu/offset_allocator.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace framealloc::gpu::detail {

class Block;
struct PlotLane;

// A range of a block with offsets of its own. What it says of itself and of the block never changes;
// the rest is guarded by the lock of its lane, and `block_next` by that of the block's list. Who places
// something here does not look at the block, which other threads write to meanwhile.
struct alignas(128) Plot {
  Plot(Block& block_, const DeviceMemory& memory_, unsigned type_, bool device_address_,
       OffsetRange range_, std::size_t size_, PlotLane& lane_, OffsetAllocator&& offsets_) noexcept
      : block(block_),
        memory(memory_),
        type(type_),
        device_address(device_address_),
        range(range_),
        size(size_),
        lane(lane_),
        offsets(std::move(offsets_)) {}

  Block& block;
  const DeviceMemory memory;  // the block's, as the two that follow
  const unsigned type;
  const bool device_address;
  const OffsetRange range;  // of the block
  const std::size_t size;
  PlotLane& lane;
  OffsetAllocator offsets;  // from the begin of the range on
  std::size_t used = 0;
  std::uint32_t ranges = 0;
  std::uint64_t empty_since = 0;  // frame; where `ranges` is 0
  bool leaving = false;           // as its block
  Plot* next = nullptr;           // of the lane
  Plot* prev = nullptr;
  Plot* block_next = nullptr;  // of the block

  [[nodiscard]] std::size_t begin() const noexcept {
    return static_cast<std::size_t>(range.offset);
  }
};

// The plots of a lane in the blocks of a memory type: what was used last comes first.
struct alignas(128) PlotLane {
  mutable BriefLock lock;
  Plot* first = nullptr;
  std::atomic<std::size_t> free{0};  // bytes; written under the lock

  // Requirement of all: the lock is held.
  void push(Plot& plot) noexcept {
    plot.prev = nullptr;
    plot.next = first;
    if (first != nullptr) first->prev = &plot;
    first = &plot;
  }
  void unlink(Plot& plot) noexcept {
    if (plot.next != nullptr) plot.next->prev = plot.prev;
    (plot.prev != nullptr ? plot.prev->next : first) = plot.next;
  }
  void bring_to_front(Plot& plot) noexcept {
    if (first == &plot) return;
    unlink(plot);
    push(plot);
  }
  void add_free(std::size_t bytes) noexcept {
    free.store(free.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
  }
};

}  // namespace framealloc::gpu::detail
