// SPDX-License-Identifier: MIT OR Apache-2.0
// Where everything lies in the memory of one device, at one moment: as JSON, and as a picture. Not
// included by framealloc.hpp.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/figures.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc {

/// How a block of device memory is used.
enum class DeviceBlockKind : std::uint8_t {
  Block,      ///< cut into regions that come and go one by one
  Ring,       ///< bumped, and used again when the frames that it served are over
  Dedicated,  ///< of one request
};
enum class DeviceRegionState : std::uint8_t {
  Used,
  Free,
  Padding,  ///< lost to alignment, granularity or the end of a page
  Retired,  ///< let go by the program, not yet by the device
};
enum class DeviceLifetime : std::uint8_t { Persistent, Frame, MultiFrame };

/// Result: as the JSON spells them: "block", "used", "multi-frame".
[[nodiscard]] FRAMEALLOC_API std::string_view to_string(DeviceBlockKind kind) noexcept;
[[nodiscard]] FRAMEALLOC_API std::string_view to_string(DeviceRegionState state) noexcept;
[[nodiscard]] FRAMEALLOC_API std::string_view to_string(DeviceLifetime lifetime) noexcept;

/// A part of a block; offset and size in bytes.
struct DeviceRegion {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  DeviceRegionState state = DeviceRegionState::Free;
  DeviceLifetime lifetime = DeviceLifetime::Persistent;
  std::string tag{};        ///< path, "" for untagged bytes and where nobody holds it
  std::string name{};       ///< of the buffer or image, "" where it has none
  std::uint64_t frame = 0;  ///< of the device, in which it was handed out; 0: none, or unknown
};

/// An allocation of the device.
struct DeviceBlock {
  unsigned heap = 0;
  unsigned type = 0;  ///< of memory
  std::uint64_t size = 0;
  DeviceBlockKind kind = DeviceBlockKind::Block;
  DeviceLifetime lifetime = DeviceLifetime::Persistent;
  std::string intent{};  ///< "staging", "host-visible"; "" where no single one is known
  std::vector<DeviceRegion> regions{};  ///< in order, from 0 to the size without gaps
};

struct DeviceMapTag {
  std::string path{};
  std::uint64_t bytes = 0;  ///< handed out; what is held by tags below it is theirs
};

/// An ordinary value. Views in `heaps` and `totals` are empty.
struct FRAMEALLOC_API DeviceMap {
  std::string device{};     ///< its name
  std::uint64_t frame = 0;  ///< of the device: open, or ended last
  std::vector<DeviceHeapFigures> heaps{};
  std::vector<DeviceBlock> blocks{};  ///< of a heap in the order in which they are drawn
  std::vector<DeviceMapTag> tags{};   ///< those that hold something
  DeviceFigures totals{};

  /// Result: JSON as docs/schema/gpu-v1.schema.json describes it; `fa export gpu` reads it.
  [[nodiscard]] std::string to_json() const;
  /// Result: an SVG document: for each heap a bar of its budget, and its blocks drawn to scale,
  /// what is in them colored by tag and hatched by lifetime. It can be drawn whatever the map says:
  /// regions are held to their block, and a heap shows at most 2000 blocks.
  [[nodiscard]] std::string to_svg() const;
};

inline constexpr unsigned kDeviceMapVersion = 1;

}  // namespace framealloc
