// SPDX-License-Identifier: MIT OR Apache-2.0
// What snapshots and maps of a device's memory write alike.
#pragma once

#include <framealloc/figures.hpp>
#include "diag/json_text.hpp"

namespace framealloc::detail {

// Effect: a member `totals`.
void put_totals(JsonText& json, const DeviceFigures& totals);
// Effect: an element of an array.
void add_heap(JsonText& json, const DeviceHeapFigures& heap);

}  // namespace framealloc::detail
