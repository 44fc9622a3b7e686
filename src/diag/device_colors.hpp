// SPDX-License-Identifier: MIT OR Apache-2.0
// Which tag has which color in a picture of a device's memory.
#pragma once

#include <framealloc/device_map.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc::detail {

// The tags that hold most have a color each, the rest share one. What is retired counts: the device
// still has it.
class DeviceColors {
 public:
  static constexpr std::size_t kColors = 12;
  static constexpr std::size_t kShared = kColors;  // the color of the rest

  struct Entry {
    std::string_view tag;
    std::uint64_t bytes = 0;
  };
  // Requirement: the map outlives this object.
  explicit DeviceColors(const DeviceMap& map);

  [[nodiscard]] std::size_t color_of(std::string_view tag) const;
  // Result: the tags with a color of their own, those that hold most first.
  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }
  // Result: how many tags share the last color, and their bytes.
  [[nodiscard]] std::size_t others() const noexcept { return others_; }
  [[nodiscard]] std::uint64_t bytes_of_others() const noexcept { return bytes_of_others_; }

 private:
  std::map<std::string_view, std::size_t> colors_;
  std::vector<Entry> entries_;
  std::size_t others_ = 0;
  std::uint64_t bytes_of_others_ = 0;
};

// Result: the style sheet and the hatches that the picture's classes name.
[[nodiscard]] std::string_view device_picture_style() noexcept;

}  // namespace framealloc::detail
