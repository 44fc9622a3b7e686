// SPDX-License-Identifier: MIT OR Apache-2.0
#include "formats/device_map_reader.hpp"

#include "formats/device_figures.hpp"
#include "formats/json_file.hpp"
#include "formats/json_taker.hpp"

#include <utility>

namespace fa_formats {

namespace {

using framealloc::DeviceBlock;
using framealloc::DeviceBlockKind;
using framealloc::DeviceLifetime;
using framealloc::DeviceMap;
using framealloc::DeviceRegion;
using framealloc::DeviceRegionState;

constexpr std::string_view kMap = "a map of a device's memory as GpuAllocator::to_json() writes it";

DeviceLifetime take_lifetime(Taker& take, const Json& object, const std::string& where) {
  return take.word(object, "lifetime", where,
                   {DeviceLifetime::Persistent, DeviceLifetime::Frame, DeviceLifetime::MultiFrame});
}

// `at` is where the region before it ends.
DeviceRegion take_region(Taker& take, const Json& object, const std::string& where,
                         const DeviceBlock& block, std::uint64_t at) {
  DeviceRegion region;
  region.offset = take.number(object, "offset", where);
  region.size = take.number(object, "size", where);
  region.state = take.word(object, "state", where,
                           {DeviceRegionState::Used, DeviceRegionState::Free,
                            DeviceRegionState::Padding, DeviceRegionState::Retired});
  region.tag = take.text(object, "tag", where);
  region.name = take.text(object, "name", where);
  region.frame = take.number(object, "frame", where);
  region.lifetime = take_lifetime(take, object, where);
  if (!take.fault.empty()) return region;
  if (region.offset < at) {
    take.fail(where + "/offset", " is " + std::to_string(region.offset),
              "at least " + std::to_string(at) + ", where the region before it ends");
  } else if (region.offset > block.size || region.size > block.size - region.offset) {
    take.fail(where, " ends behind its block of " + std::to_string(block.size) + " bytes",
              "a region within it");
  }
  return region;
}

DeviceBlock take_block(Taker& take, const Json& object, const std::string& where) {
  DeviceBlock block;
  block.heap = take.index(object, "heap", where);
  block.type = take.index(object, "type", where);
  block.size = take.number(object, "size", where);
  block.kind =
      take.word(object, "kind", where,
                {DeviceBlockKind::Block, DeviceBlockKind::Ring, DeviceBlockKind::Dedicated});
  block.lifetime = take_lifetime(take, object, where);
  const Json* const intent = take.member(object, "intent", where, "null or a text");
  if (intent != nullptr && !intent->is_null()) block.intent = take.text(object, "intent", where);
  std::uint64_t at = 0;
  take.each(object, "regions", where, [&](const Json& one, const std::string& here) {
    DeviceRegion region = take_region(take, one, here, block, at);
    at = region.offset + region.size;
    block.regions.push_back(std::move(region));
  });
  return block;
}

void take_map(Taker& take, const Json& root, DeviceMap& map) {
  map.device = take.text(root, "device", "");
  map.frame = take.number(root, "frame", "");
  map.heaps = take_heaps(take, root, "");
  take.each(root, "blocks", "", [&](const Json& one, const std::string& where) {
    map.blocks.push_back(take_block(take, one, where));
  });
  take.each(root, "tags", "", [&](const Json& one, const std::string& where) {
    map.tags.push_back({take.text(one, "path", where), take.number(one, "bytes", where)});
  });
  map.totals = take_totals(take, root, "");
  map.totals.frame = map.frame;
}

}  // namespace

Read<DeviceMap> parse_device_map(std::string_view text, const std::string& path) {
  Read<DeviceMap> result;
  Json root;
  result.complaint = parse_json(text, path, kMap, root);
  if (!result) return result;
  const auto refuse = [&](const std::string& what) {
    result.complaint = path + ": " + what;
    return std::move(result);
  };
  if (!root.is_object()) return refuse("is " + kind_of(root) + "; expected an object");
  Taker take;
  const std::string format = take.text(root, "format", "");
  if (take.fault.empty() && format != "framealloc-gpu") {
    return refuse("has the format '" + format + "'; expected 'framealloc-gpu', which is " +
                  std::string(kMap));
  }
  const std::uint64_t version = take.number(root, "version", "");
  if (take.fault.empty() && version != framealloc::kDeviceMapVersion) {
    return refuse("has version " + std::to_string(version) +
                  "; expected 1. A newer library wrote it: use its `fa`");
  }
  if (take.fault.empty()) take_map(take, root, result.value);
  if (take.fault.empty()) return result;
  return refuse(take.fault + ". docs/device-maps.md describes the file");
}

Read<DeviceMap> read_device_map(const std::string& path) {
  const Read<std::string> text = read_text(path, kMap);
  if (text) return parse_device_map(text.value, path);
  return {{}, text.complaint, text.gone};
}

}  // namespace fa_formats
