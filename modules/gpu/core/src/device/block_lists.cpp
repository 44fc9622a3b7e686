// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/block_lists.hpp"

#include "device/host_source.hpp"

#include <framealloc/align.hpp>

#include <algorithm>
#include <new>

namespace framealloc::gpu::detail {

namespace {

constexpr std::size_t kSmallHeap = std::size_t{1} << 30;

}  // namespace

BlockLists::BlockLists(MemoryGate& gate, HostSource& source, const GpuDeviceInfo& info,
                       const GpuConfig& config) noexcept
    : gate_(gate), source_(source), info_(info), config_(config) {
  for (unsigned type = 0; type < info.types.size() && type < kMaxTypes; ++type)
    sizes_[type] = sizes_of(type);
}

BlockLists::Sizes BlockLists::sizes_of(unsigned type) const noexcept {
  const std::size_t heap = info_.heaps[info_.types[type].heap].size;
  std::size_t size = config_.block_size;
  if (heap < kSmallHeap) size = std::min(size, heap / 16);
  size = std::min(size, info_.max_allocation_size);
  const std::size_t atom = info_.non_coherent_atom;
  const std::size_t block = std::max(size / atom * atom, atom);
  return {block, config_.dedicated_from == 0 ? block / 2 : std::min(config_.dedicated_from, block),
          plot_size(block)};
}

bool BlockLists::place(unsigned type, const PlaceRequest& request, Placement& placement) noexcept {
  List& list = lists_[type];
  const bool small = suits_a_plot(type, request);
  if (small) {
    unsigned home = list.home.load(std::memory_order_relaxed);
    if (home == kLanes &&
        list.home.compare_exchange_strong(home, thread_lane(), std::memory_order_relaxed))
      home = thread_lane();
    if (home != thread_lane() && place_in_own_plot(type, request, placement)) return true;
  }
  const auto in_a_block = [&] {
    const std::lock_guard<BriefLock> guard(list.lock);
    return place_in_a_block(list, request, placement);
  };
  if (in_a_block()) return true;
  if (list.plots.load(std::memory_order_relaxed) == 0) return false;
  if (close_empty_plots(list) && in_a_block()) return true;
  return small && place_in_any_plot(type, request, placement);
}

bool BlockLists::place_in_a_block(List& list, const PlaceRequest& request,
                                  Placement& placement) noexcept {
  for (Block* block = list.first; block != nullptr; block = block->next) {
    if (block->size - block->used < request.size || block->leaving ||
        (request.device_address && !block->device_address) ||
        (request.beside_others && block->ranges == 0))
      continue;
    if (put(list, *block, request, placement)) return true;
  }
  return false;
}

bool BlockLists::put(List& list, Block& block, const PlaceRequest& request,
                     Placement& placement) noexcept {
  const OffsetRange range = block.offsets.allocate(request.size, request.alignment, request.kind);
  if (!range) return false;
  if (block.ranges++ == 0) --list.empty;
  block.used += request.size;
  list.stale.store(true, std::memory_order_relaxed);
  placement.memory = block.memory;
  placement.offset = static_cast<std::size_t>(range.offset);
  placement.held = request.size;
  placement.type = block.type;
  placement.block = &block;
  placement.plot = nullptr;
  placement.range = range;
  return true;
}

bool BlockLists::add(unsigned type, const DeviceMemory& memory, std::size_t size,
                     const PlaceRequest& request, Placement& placement) noexcept {
  OffsetConfig config;
  config.granularity = info_.buffer_image_granularity;
  config.source = &source_;
  Result<OffsetAllocator> offsets = OffsetAllocator::create(size, config);
  if (!offsets) return false;
  void* const room = source_.allocate(sizeof(Block), alignof(Block));
  if (room == nullptr) return false;
  auto* const block = ::new (room) Block(memory, size, type, std::move(*offsets));
  block->device_address = request.device_address;
  block->number = numbers_.fetch_add(1, std::memory_order_relaxed) + 1;

  List& list = lists_[type];
  const std::lock_guard<BriefLock> guard(list.lock);
  ++list.empty;
  if (!put(list, *block, request, placement)) {
    --list.empty;
    block->~Block();
    source_.deallocate(block, sizeof(Block), alignof(Block));
    return false;
  }
  Block** link =
      &list.first;  // at the end: the first ones are filled first, so late ones run empty
  while (*link != nullptr) link = &(*link)->next;
  *link = block;
  list.blocks.fetch_add(1, std::memory_order_relaxed);
  return true;
}

std::size_t BlockLists::free(const Placement& placement, std::uint64_t frame) noexcept {
  if (placement.block == nullptr) return free_alone(placement);
  Freeing(*this, frame).free(placement);
  return 0;
}

std::size_t BlockLists::free_alone(const Placement& placement) noexcept {
  lists_[placement.type].dedicated.fetch_sub(placement.held, std::memory_order_relaxed);
  gate_.free(placement.type, placement.held, placement.memory);
  return placement.held;
}

std::size_t BlockLists::Freeing::free(const Placement& placement) noexcept {
  if (placement.block == nullptr) {
    hold(nullptr);
    return lists_.free_alone(placement);
  }
  if (placement.plot != nullptr) {
    hold(&placement.plot->lane.lock);
    free_in_plot(placement, frame_);
    return 0;
  }
  List& list = lists_.lists_[placement.type];
  hold(&list.lock);
  free_range(list, placement, frame_);
  return 0;
}

void BlockLists::Freeing::hold(BriefLock* lock) noexcept {
  if (lock == held_) return;
  if (held_ != nullptr) held_->unlock();
  held_ = lock;
  if (lock != nullptr) lock->lock();
}

void BlockLists::free_range(List& list, const Placement& placement, std::uint64_t frame) noexcept {
  Block& block = *placement.block;
  static_cast<void>(block.offsets.free(placement.range));
  block.used -= placement.held;
  list.stale.store(true, std::memory_order_relaxed);
  if (--block.ranges == 0) {
    block.empty_since = frame;
    ++list.empty;
  }
}

void BlockLists::count_dedicated(unsigned type, std::size_t bytes) noexcept {
  lists_[type].dedicated.fetch_add(bytes, std::memory_order_relaxed);
}

void BlockLists::give_back(Block* block) noexcept {
  gate_.free(block->type, block->size, block->memory);
  block->~Block();
  source_.deallocate(block, sizeof(Block), alignof(Block));
}

template <class Wanted>
std::size_t BlockLists::remove(List& list, Wanted&& wanted) noexcept {
  Block* gone = nullptr;
  {
    const std::lock_guard<BriefLock> guard(list.lock);
    for (Block** link = &list.first; *link != nullptr;) {
      Block* const block = *link;
      if (block->ranges != 0 || block->leaving || !wanted(*block)) {
        link = &block->next;
        continue;
      }
      *link = block->next;
      block->next = gone;
      gone = block;
      --list.empty;
      list.blocks.fetch_sub(1, std::memory_order_relaxed);
      list.stale.store(true, std::memory_order_relaxed);
    }
  }
  std::size_t bytes = 0;
  while (gone != nullptr) {
    Block* const block = gone;
    gone = block->next;
    bytes += block->size;
    give_back(block);
  }
  return bytes;
}

void BlockLists::trim(unsigned heap, HeapBytes& freed) noexcept {
  for (unsigned type = 0; type < info_.types.size(); ++type) {
    if (heap != kMaxHeaps && info_.types[type].heap != heap) continue;
    static_cast<void>(close_empty_plots(lists_[type]));
    freed[info_.types[type].heap] += remove(lists_[type], [](const Block&) { return true; });
  }
}

void BlockLists::age(std::uint64_t frame, HeapBytes& freed) noexcept {
  for (unsigned type = 0; type < info_.types.size(); ++type) {
    List& list = lists_[type];
    age_plots(list, frame);
    std::uint64_t surplus = 0;
    {
      const std::lock_guard<BriefLock> guard(list.lock);
      if (list.empty <= config_.keep_empty_blocks) continue;
      surplus = list.empty - config_.keep_empty_blocks;
    }
    freed[info_.types[type].heap] += remove(list, [&](const Block& block) {
      const bool old = frame == 0 || frame - block.empty_since > config_.empty_block_frames;
      if (surplus == 0 || !old) return false;
      --surplus;
      return true;
    });
  }
}

void BlockLists::refresh(const List& list) const noexcept {
  const std::lock_guard<BriefLock> guard(list.lock);
  std::size_t free = 0;
  std::size_t largest = 0;
  for (const Block* block = list.first; block != nullptr; block = block->next) {
    const OffsetStats stats = block->offsets.stats();
    free += static_cast<std::size_t>(stats.free);
    largest = std::max(largest, static_cast<std::size_t>(stats.largest_free));
  }
  list.free.store(free, std::memory_order_relaxed);
  list.largest.store(largest, std::memory_order_relaxed);
  list.stale.store(false, std::memory_order_relaxed);
}

PersistentFigures BlockLists::figures() const noexcept {
  PersistentFigures figures;
  for (unsigned type = 0; type < info_.types.size(); ++type) {
    const List& list = lists_[type];
    if (list.stale.load(std::memory_order_relaxed)) refresh(list);
    figures.dedicated += list.dedicated.load(std::memory_order_relaxed);
    figures.free += list.free.load(std::memory_order_relaxed);
    figures.largest_free =
        std::max(figures.largest_free, list.largest.load(std::memory_order_relaxed));
    if (list.plots.load(std::memory_order_relaxed) != 0) {
      for (const PlotLane& lane : list.lanes)
        figures.free += lane.free.load(std::memory_order_relaxed);
      if (figures.largest_free < sizes_[type].plot)
        figures.largest_free = std::max(figures.largest_free, largest_in_plots(list));
    }
    figures.blocks += list.blocks.load(std::memory_order_relaxed);
  }
  return figures;
}

Block* BlockLists::begin_leaving(unsigned type, std::uint64_t round) noexcept {
  List& list = lists_[type];
  const std::lock_guard<BriefLock> guard(list.lock);
  const bool plots = list.plots.load(std::memory_order_relaxed) != 0;
  std::size_t free = 0;
  std::size_t least = 0;
  Block* emptiest = nullptr;
  for (Block* block = list.first; block != nullptr; block = block->next) {
    if (block->leaving || block->ranges == 0) continue;
    free += block->size - block->used;
    const std::size_t used = block->used - (plots ? idle_in_plots(list, *block) : 0);
    if (used == 0 || (emptiest != nullptr && used >= least)) continue;
    emptiest = block;
    least = used;
  }
  if (emptiest == nullptr || free - (emptiest->size - emptiest->used) < least) return nullptr;
  emptiest->leaving = true;
  emptiest->round = round;
  if (plots) leave_plots(list, *emptiest, true);
  return emptiest;
}

void BlockLists::end_leaving(std::uint64_t round) noexcept {
  for (unsigned type = 0; type < info_.types.size(); ++type) {
    List& list = lists_[type];
    const std::lock_guard<BriefLock> guard(list.lock);
    for (Block* block = list.first; block != nullptr; block = block->next) {
      if (block->round != round) continue;
      block->leaving = false;
      leave_plots(list, *block, false);
    }
  }
}

void BlockLists::shut_down() noexcept {
  for (List& list : lists_) {
    shut_down_plots(list);
    while (list.first != nullptr) {
      Block* const block = list.first;
      list.first = block->next;
      give_back(block);
    }
  }
}

}  // namespace framealloc::gpu::detail
