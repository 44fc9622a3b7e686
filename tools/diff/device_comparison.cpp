// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device_comparison.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace fa_diff {

namespace {

using framealloc::Snapshot;
using framealloc::SnapshotDevice;

using Side = std::uint64_t Growth::*;

// Effect: the figures of one snapshot's device on their side of the rows.
void add(const SnapshotDevice& device, Side side, DeviceGrowth& growth) {
  const framealloc::DeviceFigures& all = device.totals;
  const std::pair<const char*, std::uint64_t> totals[] = {{"held", all.total_bytes},
                                                          {"handed out", all.allocated_bytes},
                                                          {"of frames", all.transient_bytes},
                                                          {"persistent", all.persistent_bytes},
                                                          {"retired", all.retired_bytes},
                                                          {"padding", all.padding_bytes},
                                                          {"free", all.free_bytes},
                                                          {"dedicated", all.dedicated_bytes},
                                                          {"most handed out", all.peak_usage},
                                                          {"most held", all.peak_total}};
  growth.held.*side = all.total_bytes;
  if (growth.totals.empty()) {
    for (const auto& [name, bytes] : totals) growth.totals.push_back({name, {}});
  }
  for (std::size_t i = 0; i < growth.totals.size(); ++i)
    growth.totals[i].bytes.*side = totals[i].second;
  for (const framealloc::DeviceHeapFigures& heap : device.heaps) {
    const std::string name = "heap " + std::to_string(heap.heap);
    auto row = std::ranges::find(growth.heaps, name, &TotalGrowth::name);
    if (row == growth.heaps.end()) row = growth.heaps.insert(row, {name, {}});
    row->bytes.*side = heap.reserved;
  }
}

std::vector<TotalGrowth> compare_tags(const SnapshotDevice& before, const SnapshotDevice& after) {
  std::map<std::string, Growth> rows;
  for (const auto& tag : before.tags) rows[tag.path].before += tag.bytes;
  for (const auto& tag : after.tags) rows[tag.path].after += tag.bytes;
  std::vector<TotalGrowth> all;
  for (const auto& [path, bytes] : rows) all.push_back({path, bytes});
  std::ranges::sort(all, [](const TotalGrowth& a, const TotalGrowth& b) {
    return std::make_tuple(b.bytes.bytes(), std::tie(a.name)) <
           std::make_tuple(a.bytes.bytes(), std::tie(b.name));
  });
  return all;
}

const SnapshotDevice* find(const Snapshot& snapshot, const std::string& name) {
  const auto found = std::ranges::find(snapshot.devices, name, &SnapshotDevice::name);
  return found == snapshot.devices.end() ? nullptr : &*found;
}

}  // namespace

std::vector<DeviceGrowth> compare_devices(const Snapshot& before, const Snapshot& after) {
  std::vector<std::string> names;
  for (const Snapshot* const snapshot : {&before, &after}) {
    for (const SnapshotDevice& device : snapshot->devices) {
      if (std::ranges::find(names, device.name) == names.end()) names.push_back(device.name);
    }
  }
  std::vector<DeviceGrowth> all;
  const SnapshotDevice nothing;
  for (const std::string& name : names) {
    const SnapshotDevice *const a = find(before, name), *const b = find(after, name);
    DeviceGrowth& growth = all.emplace_back();
    growth.name = name;
    if (a != nullptr) add(*a, &Growth::before, growth);
    if (b != nullptr) add(*b, &Growth::after, growth);
    std::erase_if(growth.totals, [](const TotalGrowth& row) {
      return row.bytes.before == 0 && row.bytes.after == 0;
    });
    growth.tags = compare_tags(a != nullptr ? *a : nothing, b != nullptr ? *b : nothing);
  }
  return all;
}

}  // namespace fa_diff
