// SPDX-License-Identifier: MIT OR Apache-2.0
// Made-up maps of a device's memory, as full as real ones, the same in each run.
#pragma once

#include <framealloc/device_map.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace framealloc::testing {

class DeviceMapMaker {
 public:
  // Result: a device with two heaps, on which so many blocks lie: large ones with regions, rings,
  // and dedicated ones. Everything adds up, as the schema's descriptions say.
  static DeviceMap make(std::size_t blocks) { return DeviceMapMaker(blocks).map_; }

 private:
  static constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

  explicit DeviceMapMaker(std::size_t blocks) {
    map_.device = "Fake GPU 9000";
    map_.frame = 4711;
    map_.heaps.resize(2);
    map_.heaps[0].size = std::size_t{16} << 30;
    map_.heaps[0].device_local = map_.heaps[0].measured = true;
    map_.heaps[0].external = std::size_t{1} << 30;
    map_.heaps[0].denials = 3;
    map_.heaps[1].heap = 1;
    map_.heaps[1].size = std::size_t{32} << 30;
    map_.heaps[1].limit = std::size_t{4} << 30;
    for (std::size_t i = 0; i < blocks; ++i) add_block(i);
    for (DeviceHeapFigures& heap : map_.heaps) {
      heap.budget = heap.limit != 0 ? heap.limit : heap.size / 10 * 8;
    }
    for (const auto& [path, bytes] : tags_) map_.tags.push_back({path, bytes});
    DeviceFigures& all = map_.totals;
    all.frame = map_.frame;
    all.allocated_bytes = all.transient_bytes + all.persistent_bytes;
    all.peak_usage = all.allocated_bytes + all.allocated_bytes / 8;
    all.peak_total = all.total_bytes;
    all.block_count = all.device_allocations = blocks;
    all.fragmentation = 0.125;
  }

  // The generator of Numerical Recipes: the same numbers everywhere.
  std::uint64_t next(std::uint64_t below) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33U) % below;
  }
  std::string next_tag() {
    static constexpr const char* kTags[] = {"world::terrain",
                                            "world::meshes",
                                            "world::foliage",
                                            "characters::skinned",
                                            "characters::hair",
                                            "ui::atlas",
                                            "ui::fonts",
                                            "lighting::shadows",
                                            "lighting::probes",
                                            "post::bloom",
                                            "post::history",
                                            "particles",
                                            "video",
                                            "tools::overlay",
                                            "streaming::mips",
                                            ""};
    // Some tags hold much more than others.
    const std::uint64_t a = next(16);
    return kTags[std::min(a, next(16))];
  }

  void add_block(std::size_t number) {
    DeviceBlock block;
    const bool ring = number % 10 == 3;
    const bool dedicated = number % 10 == 7;
    block.heap = ring ? 1 : 0;
    block.type = ring ? 2 : 0;
    block.kind = ring        ? DeviceBlockKind::Ring
                 : dedicated ? DeviceBlockKind::Dedicated
                             : DeviceBlockKind::Block;
    block.size = ring ? 8 * kMiB : dedicated ? (4 + next(60)) * kMiB + 4096 : 64 * kMiB;
    if (number % 23 == 11) block.size = 65536;  // a small one for want of budget
    block.intent = ring ? (number % 20 == 3 ? "staging" : "host-visible") : "device-only";
    if (ring) {
      block.lifetime = number % 20 == 3 ? DeviceLifetime::Frame : DeviceLifetime::MultiFrame;
    }
    fill(block, number);
    DeviceHeapFigures& heap = map_.heaps[block.heap];
    heap.reserved += block.size;
    map_.totals.total_bytes += block.size;
    if (dedicated) map_.totals.dedicated_bytes += block.size;
    map_.blocks.push_back(std::move(block));
  }
  void fill(DeviceBlock& block, std::size_t number) {
    std::uint64_t at = 0;
    while (at < block.size) {
      DeviceRegion region;
      region.offset = at;
      region.size = block.kind == DeviceBlockKind::Dedicated ? block.size : next_size(block.size);
      region.size = std::min(region.size, block.size - at);
      region.lifetime = block.lifetime;
      region.state = next_state(block);
      if (region.state == DeviceRegionState::Padding)
        region.size = std::min<std::uint64_t>(region.size, 256);
      const bool held =
          region.state == DeviceRegionState::Used || region.state == DeviceRegionState::Retired;
      if (held) {
        region.tag = next_tag();
        if (next(3) != 0)
          region.name = "buffer " + std::to_string(number) + "/" + std::to_string(at / 4096);
        region.frame = map_.frame - next(600);
      }
      count(region, block);
      at += region.size;
      block.regions.push_back(std::move(region));
    }
  }
  std::uint64_t next_size(std::uint64_t block) {
    // Many small ones, few large.
    const std::uint64_t magnitude = next(10);
    const std::uint64_t most = std::max<std::uint64_t>(block >> (10 - magnitude), 4096);
    return 256 * (1 + next(std::max<std::uint64_t>(most / 256, 1)));
  }
  DeviceRegionState next_state(const DeviceBlock& block) {
    if (block.kind == DeviceBlockKind::Dedicated) return DeviceRegionState::Used;
    const std::uint64_t roll = next(20);
    if (roll < 13) return DeviceRegionState::Used;
    if (roll < 16) return DeviceRegionState::Free;
    return roll < 18 ? DeviceRegionState::Padding : DeviceRegionState::Retired;
  }
  void count(const DeviceRegion& region, const DeviceBlock& block) {
    DeviceFigures& all = map_.totals;
    const auto size = static_cast<std::size_t>(region.size);
    switch (region.state) {
      case DeviceRegionState::Used:
        (block.lifetime == DeviceLifetime::Persistent ? all.persistent_bytes
                                                      : all.transient_bytes) += size;
        if (block.lifetime == DeviceLifetime::Persistent) ++all.allocation_count;
        map_.heaps[block.heap].used += size;
        tags_[region.tag] += size;
        break;
      case DeviceRegionState::Free:
        all.free_bytes += size;
        break;
      case DeviceRegionState::Padding:
        all.padding_bytes += size;
        break;
      case DeviceRegionState::Retired:
        all.retired_bytes += size;
        break;
    }
  }

  DeviceMap map_;
  std::map<std::string, std::uint64_t> tags_;
  std::uint64_t state_ = 42;
};

}  // namespace framealloc::testing
