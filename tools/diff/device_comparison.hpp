// SPDX-License-Identifier: MIT OR Apache-2.0
// The devices of two snapshots, compared.
#pragma once

#include "comparison.hpp"

namespace fa_diff {

// Devices are the same when their names are, heaps when their index is, tags when their path is.
std::vector<DeviceGrowth> compare_devices(const framealloc::Snapshot& before,
                                          const framealloc::Snapshot& after);

}  // namespace fa_diff
