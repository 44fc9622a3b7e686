// SPDX-License-Identifier: MIT OR Apache-2.0
// A map of a device's memory as JSON (docs/schema/gpu-v1.schema.json).
#include <framealloc/device_map.hpp>
#include "diag/json_text.hpp"

#include "diag/device_json.hpp"

namespace framealloc {

namespace {

void add_region(JsonText& json, const DeviceRegion& region) {
  json.open_object();
  json.put("offset", region.offset);
  json.put("size", region.size);
  json.put("state", to_string(region.state));
  json.put("tag", region.tag);
  json.put("name", region.name);
  json.put("frame", region.frame);
  json.put("lifetime", to_string(region.lifetime));
  json.close_object();
}

void add_block(JsonText& json, const DeviceBlock& block) {
  json.open_object();
  json.put("heap", block.heap);
  json.put("type", block.type);
  json.put("size", block.size);
  json.put("kind", to_string(block.kind));
  json.put("lifetime", to_string(block.lifetime));
  if (block.intent.empty()) {
    json.put_null("intent");
  } else {
    json.put("intent", block.intent);
  }
  json.open_array("regions");
  for (const DeviceRegion& region : block.regions) add_region(json, region);
  json.close_array();
  json.close_object();
}

}  // namespace

std::string_view to_string(DeviceBlockKind kind) noexcept {
  switch (kind) {
    case DeviceBlockKind::Block:
      return "block";
    case DeviceBlockKind::Ring:
      return "ring";
    case DeviceBlockKind::Dedicated:
      return "dedicated";
  }
  return "block";
}

std::string_view to_string(DeviceRegionState state) noexcept {
  switch (state) {
    case DeviceRegionState::Used:
      return "used";
    case DeviceRegionState::Free:
      return "free";
    case DeviceRegionState::Padding:
      return "padding";
    case DeviceRegionState::Retired:
      return "retired";
  }
  return "free";
}

std::string_view to_string(DeviceLifetime lifetime) noexcept {
  switch (lifetime) {
    case DeviceLifetime::Persistent:
      return "persistent";
    case DeviceLifetime::Frame:
      return "frame";
    case DeviceLifetime::MultiFrame:
      return "multi-frame";
  }
  return "persistent";
}

std::string DeviceMap::to_json() const {
  JsonText json;
  json.open_object();
  json.put("format", "framealloc-gpu");
  json.put("version", kDeviceMapVersion);
  json.put("device", device);
  json.put("frame", frame);
  json.open_array("heaps");
  for (const DeviceHeapFigures& heap : heaps) detail::add_heap(json, heap);
  json.close_array();
  json.open_array("blocks");
  for (const DeviceBlock& block : blocks) add_block(json, block);
  json.close_array();
  json.open_array("tags");
  for (const DeviceMapTag& tag : tags) {
    json.open_object();
    json.put("path", tag.path);
    json.put("bytes", tag.bytes);
    json.close_object();
  }
  json.close_array();
  detail::put_totals(json, totals);
  json.close_object();
  return json.take();
}

}  // namespace framealloc
