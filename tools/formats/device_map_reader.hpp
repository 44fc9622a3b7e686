// SPDX-License-Identifier: MIT OR Apache-2.0
// Maps of a device's memory from files.
#pragma once

#include "formats/read.hpp"

#include <framealloc/device_map.hpp>

#include <string>
#include <string_view>

namespace fa_formats {

// Result: the map in `text`; `path` is for complaints. Keys that the schema does not have are
// passed over, so that an older tool reads what a newer library adds. Regions lie in their block,
// in order, and do not overlap; a file in which they do not is refused.
Read<framealloc::DeviceMap> parse_device_map(std::string_view text, const std::string& path);
Read<framealloc::DeviceMap> read_device_map(const std::string& path);

}  // namespace fa_formats
