// SPDX-License-Identifier: MIT OR Apache-2.0
// What snapshots and maps of a device's memory have in common.
#pragma once

#include "formats/json_taker.hpp"

#include <framealloc/figures.hpp>

#include <string>
#include <vector>

namespace fa_formats {

// Result: the member `totals`.
framealloc::DeviceFigures take_totals(Taker& take, const Json& parent, const std::string& where);
// Result: the member `heaps`.
std::vector<framealloc::DeviceHeapFigures> take_heaps(Taker& take, const Json& parent,
                                                      const std::string& where);

}  // namespace fa_formats
