// SPDX-License-Identifier: MIT OR Apache-2.0
// Blocks in plots, so that threads that allocate together seldom meet at the lock of a list. The
// lock of a list comes before those of its lanes.
#include "device/block_lists.hpp"

#include "device/host_source.hpp"

#include <framealloc/align.hpp>

#include <algorithm>
#include <new>

namespace framealloc::gpu::detail {

namespace {

// Plots begin at such offsets, so that what lies in them is aligned as in the block.
constexpr std::size_t kPlotAlignment = std::size_t{64} << 10;
constexpr std::size_t kPlotsInABlock = 64;
constexpr std::size_t kRequestsInAPlot = 8;  // of the largest that it serves
constexpr unsigned kTries = 4;               // of plots, before a new one is taken

}  // namespace

std::size_t BlockLists::plot_size(std::size_t block) noexcept {
  if (block < kPlotAlignment * 16) return 0;
  return std::max(align_down(block / kPlotsInABlock, kPlotAlignment), kPlotAlignment);
}

bool BlockLists::suits_a_plot(unsigned type, const PlaceRequest& request) const noexcept {
  return request.size <= sizes_[type].plot / kRequestsInAPlot &&
         request.alignment <= kPlotAlignment && request.kind == OffsetKind::Linear &&
         !request.beside_others;
}

bool BlockLists::put_in(Plot& plot, const PlaceRequest& request, Placement& placement) noexcept {
  if (plot.leaving || plot.size - plot.used < request.size ||
      (request.device_address && !plot.device_address))
    return false;
  const OffsetRange range = plot.offsets.allocate(request.size, request.alignment);
  if (!range) return false;
  ++plot.ranges;
  plot.used += request.size;
  plot.lane.add_free(std::size_t{0} - request.size);
  plot.lane.bring_to_front(plot);
  placement.memory = plot.memory;
  placement.offset = plot.begin() + static_cast<std::size_t>(range.offset);
  placement.held = request.size;
  placement.type = plot.type;
  placement.block = &plot.block;
  placement.plot = &plot;
  placement.range = range;
  return true;
}

bool BlockLists::place_in_plots(PlotLane& lane, unsigned tries, const PlaceRequest& request,
                                Placement& placement) noexcept {
  const std::lock_guard<BriefLock> guard(lane.lock);
  for (Plot* plot = lane.first; plot != nullptr && tries != 0; plot = plot->next, --tries)
    if (put_in(*plot, request, placement)) return true;
  return false;
}

bool BlockLists::place_in_own_plot(unsigned type, const PlaceRequest& request,
                                   Placement& placement) noexcept {
  List& list = lists_[type];
  PlotLane& lane = list.lanes[thread_lane()];
  if (place_in_plots(lane, kTries, request, placement)) return true;
  Plot* const plot = open_plot(type, lane, request.device_address);
  if (plot == nullptr) return false;
  const std::lock_guard<BriefLock> guard(lane.lock);
  lane.push(*plot);
  lane.add_free(plot->size);
  return put_in(*plot, request, placement);
}

bool BlockLists::place_in_any_plot(unsigned type, const PlaceRequest& request,
                                   Placement& placement) noexcept {
  for (PlotLane& lane : lists_[type].lanes)
    if (place_in_plots(lane, ~0U, request, placement)) return true;
  return false;
}

Plot* BlockLists::open_plot(unsigned type, PlotLane& lane, bool device_address) noexcept {
  List& list = lists_[type];
  PlaceRequest request;
  request.size = sizes_[type].plot;
  request.alignment = kPlotAlignment;
  request.device_address = device_address;
  OffsetConfig config;
  config.source = &source_;
  Placement at;
  const std::lock_guard<BriefLock> guard(list.lock);
  if (!place_in_a_block(list, request, at)) return nullptr;
  Result<OffsetAllocator> offsets = OffsetAllocator::create(request.size, config);
  void* const room = offsets ? source_.allocate(sizeof(Plot), alignof(Plot)) : nullptr;
  if (room == nullptr) {
    free_range(list, at, 0);
    return nullptr;
  }
  auto* const plot = ::new (room) Plot(*at.block, at.memory, type, at.block->device_address,
                                       at.range, request.size, lane, std::move(*offsets));
  plot->block_next = at.block->plots;
  at.block->plots = plot;
  list.plots.fetch_add(1, std::memory_order_relaxed);
  return plot;
}

void BlockLists::free_in_plot(const Placement& placement, std::uint64_t frame) noexcept {
  Plot& plot = *placement.plot;
  static_cast<void>(plot.offsets.free(placement.range));
  plot.used -= placement.held;
  plot.lane.add_free(placement.held);
  plot.lane.bring_to_front(plot);
  if (--plot.ranges == 0) plot.empty_since = frame;
}

template <class Wanted>
bool BlockLists::close_plots(List& list, Wanted&& wanted) noexcept {
  if (list.plots.load(std::memory_order_relaxed) == 0) return false;
  Plot* gone = nullptr;
  for (PlotLane& lane : list.lanes) {
    const std::lock_guard<BriefLock> guard(lane.lock);
    for (Plot* plot = lane.first; plot != nullptr;) {
      Plot* const next = plot->next;
      if (plot->ranges == 0 && wanted(*plot)) {
        lane.unlink(*plot);
        lane.add_free(std::size_t{0} - plot->size);
        plot->next = gone;
        gone = plot;
      }
      plot = next;
    }
  }
  if (gone == nullptr) return false;
  {
    const std::lock_guard<BriefLock> guard(list.lock);
    for (Plot* plot = gone; plot != nullptr; plot = plot->next) {
      Plot** link = &plot->block.plots;
      while (*link != plot) link = &(*link)->block_next;
      *link = plot->block_next;
      Placement place;
      place.block = &plot->block;
      place.held = plot->size;
      place.range = plot->range;
      free_range(list, place, plot->empty_since);
      list.plots.fetch_sub(1, std::memory_order_relaxed);
    }
  }
  while (gone != nullptr) destroy_plot(std::exchange(gone, gone->next));
  return true;
}

void BlockLists::destroy_plot(Plot* plot) noexcept {
  plot->~Plot();
  source_.deallocate(plot, sizeof(Plot), alignof(Plot));
}

bool BlockLists::close_empty_plots(List& list) noexcept {
  return close_plots(list, [](const Plot&) { return true; });
}

void BlockLists::age_plots(List& list, std::uint64_t frame) noexcept {
  // What frames that are alike open and empty again stays: it is empty for a frame at most.
  static_cast<void>(close_plots(
      list, [frame](const Plot& plot) { return frame == 0 || frame - plot.empty_since > 2; }));
}

void BlockLists::leave_plots(List& list, Block& block, bool leaving) noexcept {
  for (PlotLane& lane : list.lanes) {
    const std::lock_guard<BriefLock> guard(lane.lock);
    for (Plot* plot = lane.first; plot != nullptr; plot = plot->next)
      if (&plot->block == &block) plot->leaving = leaving;
  }
}

std::size_t BlockLists::idle_in_plots(const List& list, const Block& block) noexcept {
  std::size_t idle = 0;
  for (const PlotLane& lane : list.lanes) {
    const std::lock_guard<BriefLock> guard(lane.lock);
    for (const Plot* plot = lane.first; plot != nullptr; plot = plot->next)
      if (&plot->block == &block) idle += plot->size - plot->used;
  }
  return idle;
}

std::size_t BlockLists::largest_in_plots(const List& list) noexcept {
  std::size_t largest = 0;
  for (const PlotLane& lane : list.lanes) {
    const std::lock_guard<BriefLock> guard(lane.lock);
    for (const Plot* plot = lane.first; plot != nullptr; plot = plot->next)
      largest = std::max(largest, static_cast<std::size_t>(plot->offsets.stats().largest_free));
  }
  return largest;
}

void BlockLists::shut_down_plots(List& list) noexcept {
  for (PlotLane& lane : list.lanes)
    while (lane.first != nullptr) destroy_plot(std::exchange(lane.first, lane.first->next));
}

void Block::visit(void (*visitor)(std::uint64_t offset, std::uint64_t size, bool used,
                                  void* context),
                  void* context) const {
  struct Visit {
    const Block* block;
    void (*visitor)(std::uint64_t, std::uint64_t, bool, void*);
    void* context;
    std::uint64_t begin = 0;
  } visit{this, visitor, context};
  offsets.visit(
      [](std::uint64_t offset, std::uint64_t bytes, bool taken, void* at) {
        Visit& all = *static_cast<Visit*>(at);
        const Plot* plot = taken ? all.block->plots : nullptr;
        while (plot != nullptr && plot->begin() != offset) plot = plot->block_next;
        if (plot == nullptr) return all.visitor(offset, bytes, taken, all.context);
        all.begin = offset;
        plot->offsets.visit(
            [](std::uint64_t inner, std::uint64_t inner_bytes, bool inner_taken, void* inner_at) {
              const Visit& in = *static_cast<Visit*>(inner_at);
              in.visitor(in.begin + inner, inner_bytes, inner_taken, in.context);
            },
            at);
      },
      &visit);
}

}  // namespace framealloc::gpu::detail
