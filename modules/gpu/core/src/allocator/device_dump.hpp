// SPDX-License-Identifier: MIT OR Apache-2.0
// Where everything lies in a device's memory, for to_json() and to_svg().
#pragma once

#include "device/gpu_core.hpp"

#include <framealloc/device_map.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace framealloc::gpu::detail {

// Looks once and keeps what it saw as values. Locks are held for one list at a time, so what other
// threads do at that time may be seen in one place and not yet in another.
class DeviceDump {
 public:
  explicit DeviceDump(GpuCore& core) noexcept : core_(core) {}
  [[nodiscard]] DeviceMap look();

 private:
  // What a record says of a range.
  struct Item {
    std::uint64_t memory = 0;
    std::size_t offset = 0, held = 0, size = 0;
    unsigned type = 0;
    bool retired = false, alone = false;
    TagId tag = TagId::Untagged;
    std::string name;
    std::uint64_t frame = 0;
  };
  void collect_items();
  void show_figures(DeviceMap& map);
  void show_blocks(DeviceMap& map);
  void show_rings(DeviceMap& map);
  void show_dedicated(DeviceMap& map);
  [[nodiscard]] DeviceBlock block_of(unsigned type, std::uint64_t size, DeviceBlockKind kind) const;
  void add_item(DeviceBlock& block, const Item& item) const;
  void add_page(DeviceBlock& block, const TransientView& view) const;
  [[nodiscard]] std::vector<const Item*> buffers_in(const TransientView& view) const;
  [[nodiscard]] const Item* find(std::uint64_t memory, std::size_t offset) const;

  GpuCore& core_;
  std::vector<Item> items_;      // of persistent memory
  std::vector<Item> of_frames_;  // of rings; both by memory and offset
};

}  // namespace framealloc::gpu::detail
