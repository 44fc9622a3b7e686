// SPDX-License-Identifier: MIT OR Apache-2.0
// Snapshots as counters over time.
#pragma once

#include "formats/snapshot_reader.hpp"

#include <string>
#include <vector>

namespace fa_export {

// Result: a trace: each total, tag and thread is a counter, with a value for each snapshot.
std::string to_timeline(const std::vector<fa_formats::SnapshotFile>& files);

}  // namespace fa_export
