// SPDX-License-Identifier: MIT OR Apache-2.0
// Blocks of persistent memory, by memory type.
#pragma once

#include "device/brief_lock.hpp"
#include "device/memory_gate.hpp"
#include "device/plot.hpp"
#include "device/thread_lane.hpp"

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
  Plot* plots = nullptr;    // ranges of `offsets` that have places in them
  Block* next = nullptr;

  // Effect: visitor(offset, size, used, context) for every region from 0 to the end, in order, those
  // in plots among them. Requirement: the locks of the list and of its lanes are held.
  void visit(void (*visitor)(std::uint64_t offset, std::uint64_t size, bool used, void* context),
             void* context) const;
};

// Where something lies.
struct Placement {
  DeviceMemory memory;
  std::size_t offset = 0;
  std::size_t held = 0;  // bytes that are its alone
  unsigned type = 0;
  Block* block = nullptr;  // null: memory of its own
  Plot* plot = nullptr;    // of the block, where `range` is one of a plot
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

// The first thread that asks for a memory type finds its places in the blocks; a small request of a
// thread in another lane is served from a plot, a part of a block that is its lane's. No device memory
// is taken for that: a lane takes a plot where a block has room, gives it back some frames after it
// has run empty, and at once when a block is looked for; and before a request is denied, or a new block
// is made for it, the plots of all lanes are searched. Thread contract: any thread.
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
  // Effect: visit(const Block&) for each, under the locks of its list and the list's lanes.
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
    // `free` and `largest` are looked up on demand, when blocks have changed since.
    mutable std::atomic<bool> stale{false};
    mutable std::atomic<std::size_t> free{0}, largest{0};
    std::atomic<std::size_t> dedicated{0};
    // Read by every thread for each request, and seldom written.
    alignas(128) std::atomic<unsigned> home{
        kLanes};  // needs no plots: the lane of the first thread
    std::atomic<std::uint64_t> plots{0};
    std::array<PlotLane, kLanes> lanes;
  };
  struct Sizes {
    std::size_t block = 0, dedicated_from = 0;
    std::size_t plot = 0;  // 0: none
  };
  [[nodiscard]] Sizes sizes_of(unsigned type) const noexcept;
  // Requirement: the list's lock is held.
  [[nodiscard]] static bool place_in_a_block(List& list, const PlaceRequest& request,
                                             Placement& placement) noexcept;
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

  // --- Plots -------------------------------------------------------------------------------------
  [[nodiscard]] static std::size_t plot_size(std::size_t block) noexcept;
  [[nodiscard]] bool suits_a_plot(unsigned type, const PlaceRequest& request) const noexcept;
  // Requirement: the lock of the plot's lane is held.
  [[nodiscard]] static bool put_in(Plot& plot, const PlaceRequest& request,
                                   Placement& placement) noexcept;
  static void free_in_plot(const Placement& placement, std::uint64_t frame) noexcept;
  // Requirement of the following: no lock is held.
  [[nodiscard]] static bool place_in_plots(PlotLane& lane, unsigned tries,
                                           const PlaceRequest& request,
                                           Placement& placement) noexcept;
  [[nodiscard]] bool place_in_own_plot(unsigned type, const PlaceRequest& request,
                                       Placement& placement) noexcept;
  [[nodiscard]] bool place_in_any_plot(unsigned type, const PlaceRequest& request,
                                       Placement& placement) noexcept;
  [[nodiscard]] Plot* open_plot(unsigned type, PlotLane& lane, bool device_address) noexcept;
  // Effect: gives the empty plots that wanted(plot) says back to their blocks. Result: whether there
  // were any.
  template <class Wanted>
  bool close_plots(List& list, Wanted&& wanted) noexcept;
  bool close_empty_plots(List& list) noexcept;
  void age_plots(List& list, std::uint64_t frame) noexcept;
  void destroy_plot(Plot* plot) noexcept;
  void shut_down_plots(List& list) noexcept;
  // Requirement of the following: no lane's lock is held.
  static void leave_plots(List& list, Block& block, bool leaving) noexcept;
  [[nodiscard]] static std::size_t idle_in_plots(const List& list, const Block& block) noexcept;
  [[nodiscard]] static std::size_t largest_in_plots(const List& list) noexcept;

  MemoryGate& gate_;
  HostSource& source_;
  const GpuDeviceInfo& info_;
  const GpuConfig& config_;
  std::array<Sizes, kMaxTypes> sizes_;
  std::array<List, kMaxTypes> lists_;
  std::atomic<std::uint64_t> numbers_{0};
};

// Frees one place after another, under one lock as long as they are of one type and lane. No other function of
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
  void hold(BriefLock* lock) noexcept;
  BlockLists& lists_;
  const std::uint64_t frame_;
  BriefLock* held_ = nullptr;
};

template <class F>
void BlockLists::visit(F&& visit) const noexcept {
  for (const List& list : lists_) {
    const std::lock_guard<BriefLock> guard(list.lock);
    for (const PlotLane& lane : list.lanes) lane.lock.lock();
    for (const Block* block = list.first; block != nullptr; block = block->next) visit(*block);
    for (const PlotLane& lane : list.lanes) lane.lock.unlock();
  }
}

}  // namespace framealloc::gpu::detail
