// SPDX-License-Identifier: MIT OR Apache-2.0
// Blocks of persistent memory, by memory type.
#pragma once

#include "device/brief_lock.hpp"
#include "device/memory_gate.hpp"

#include <framealloc/gpu/backend.hpp>
#include <framealloc/gpu/config.hpp>
#include <framealloc/gpu/offset_allocator.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

namespace framealloc::gpu::detail {

class HostSource;

// Device memory that persistent buffers share. Made and changed by BlockLists alone.
class Block {
 public:
  Block(const DeviceMemory& memory_, std::size_t size_, unsigned type_,
        OffsetAllocator&& offsets_) noexcept
      : memory(memory_), size(size_), type(type_), offsets(std::move(offsets_)) {}
  DeviceMemory memory;
  std::size_t size;
  unsigned type;
  OffsetAllocator offsets;
  std::size_t used = 0;           // bytes of its ranges
  std::uint32_t ranges = 0;       // handed out
  std::uint64_t empty_since = 0;  // frame; where `ranges` is 0
  std::uint64_t number = 0;       // for dumps
  bool device_address = false;
  bool leaving = false;     // defragment() empties it: nothing new goes in
  std::uint64_t round = 0;  // of the defragment() that picked it last
  Block* next = nullptr;
};

// Where something lies.
struct Placement {
  DeviceMemory memory;
  std::size_t offset = 0;
  std::size_t held = 0;  // bytes that are its alone
  unsigned type = 0;
  Block* block = nullptr;  // null: memory of its own
  OffsetRange range;
};

struct PlaceRequest {
  std::size_t size = 0;
  std::size_t alignment = 1;
  OffsetKind kind = OffsetKind::Linear;
  bool device_address = false;
  bool beside_others = false;  // not in a block that is empty
};

// Bytes of all blocks and dedicated memory.
struct PersistentFigures {
  std::size_t free = 0, dedicated = 0;
  std::uint64_t blocks = 0;  // dedicated ones not among them
  std::size_t largest_free = 0;
};

// Thread contract: any thread.
class BlockLists {
 public:
  class Freeing;
  BlockLists(MemoryGate& gate, HostSource& source, const GpuDeviceInfo& info,
             const GpuConfig& config) noexcept;
  BlockLists(const BlockLists&) = delete;
  BlockLists& operator=(const BlockLists&) = delete;

  // Result: size of a new block of that type, and from where on requests get memory of their own.
  [[nodiscard]] std::size_t block_size(unsigned type) const noexcept { return sizes_[type].block; }
  [[nodiscard]] std::size_t dedicated_from(unsigned type) const noexcept {
    return sizes_[type].dedicated_from;
  }

  // Effect: a range of a block that there is. Result: false when none has room.
  [[nodiscard]] bool place(unsigned type, const PlaceRequest& request,
                           Placement& placement) noexcept;
  // Effect: makes a block of the memory, which the gate gave, and places the request in it.
  // Result: false without bookkeeping; the memory is the caller's still.
  [[nodiscard]] bool add(unsigned type, const DeviceMemory& memory, std::size_t size,
                         const PlaceRequest& request, Placement& placement) noexcept;
  // Effect: the range is free again, or the memory of its own goes back to the gate. Result: bytes
  // that went back.
  std::size_t free(const Placement& placement, std::uint64_t frame) noexcept;

  void count_dedicated(unsigned type, std::size_t bytes) noexcept;

  // Effect: gives empty blocks back: all of the heap, or of all heaps (kMaxHeaps), and adds their
  // bytes to `freed`.
  void trim(unsigned heap, HeapBytes& freed) noexcept;
  // Effect: the same with what has been empty for long, above the number to keep.
  void age(std::uint64_t frame, HeapBytes& freed) noexcept;
  [[nodiscard]] PersistentFigures figures() const noexcept;
  // Effect: visit(const Block&) for each, under its list's lock.
  template <class F>
  void visit(F&& visit) const noexcept;
  // Effect: picks the emptiest block of the type that is not empty, was not picked in this round,
  // and whose ranges might fit beside those of the others; from now on nothing goes in and it is
  // not given back. Result: null when there is none.
  [[nodiscard]] Block* begin_leaving(unsigned type, std::uint64_t round) noexcept;
  // Effect: ends what began in that round.
  void end_leaving(std::uint64_t round) noexcept;
  // Effect: everything goes back. Requirement: no range is used by the device.
  void shut_down() noexcept;

 private:
  struct alignas(128) List {
    mutable BriefLock lock;
    Block* first = nullptr;
    std::uint64_t empty = 0;  // blocks without ranges
    std::atomic<std::uint64_t> blocks{0};
    // `free` and `largest` are looked up when somebody asks and blocks have changed since.
    mutable std::atomic<bool> stale{false};
    mutable std::atomic<std::size_t> free{0}, largest{0};
    std::atomic<std::size_t> dedicated{0};
  };
  struct Sizes {
    std::size_t block = 0, dedicated_from = 0;
  };
  [[nodiscard]] Sizes sizes_of(unsigned type) const noexcept;
  // Requirement: the list's lock is held.
  [[nodiscard]] static bool put(List& list, Block& block, const PlaceRequest& request,
                                Placement& placement) noexcept;
  // Effect: gives back the empty blocks that wanted(block) says. Result: bytes.
  template <class Wanted>
  std::size_t remove(List& list, Wanted&& wanted) noexcept;
  // Requirement: the lock of the block's list is held.
  static void free_range(List& list, const Placement& placement, std::uint64_t frame) noexcept;
  std::size_t free_alone(const Placement& placement) noexcept;
  void refresh(const List& list) const noexcept;
  void give_back(Block* block) noexcept;

  MemoryGate& gate_;
  HostSource& source_;
  const GpuDeviceInfo& info_;
  const GpuConfig& config_;
  std::array<Sizes, kMaxTypes> sizes_;
  std::array<List, kMaxTypes> lists_;
  std::atomic<std::uint64_t> numbers_{0};
};

// Frees one place after another, under one lock as long as they are of one type. No other function of
// the lists is called meanwhile.
class BlockLists::Freeing {
 public:
  Freeing(BlockLists& lists, std::uint64_t frame) noexcept : lists_(lists), frame_(frame) {}
  Freeing(const Freeing&) = delete;
  Freeing& operator=(const Freeing&) = delete;
  ~Freeing() { hold(nullptr); }
  // Result: as BlockLists::free().
  std::size_t free(const Placement& placement) noexcept;

 private:
  void hold(List* list) noexcept;
  BlockLists& lists_;
  const std::uint64_t frame_;
  List* held_ = nullptr;
};

template <class F>
void BlockLists::visit(F&& visit) const noexcept {
  for (const List& list : lists_) {
    const std::lock_guard<BriefLock> guard(list.lock);
    for (const Block* block = list.first; block != nullptr; block = block->next) visit(*block);
  }
}

}  // namespace framealloc::gpu::detail
