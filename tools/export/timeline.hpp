// SPDX-License-Identifier: MIT OR Apache-2.0
// A series of snapshots as a trace.
#pragma once

#include "snapshot_files/reader.hpp"

#include <framealloc/result.hpp>

#include <string>
#include <vector>

namespace fa_export {

// Effect: writes a counter for each total, tag and thread, with a value for each snapshot, in the
// Trace Event format. Snapshots know seconds only: those of one second are a millisecond apart.
framealloc::Result<void> write_timeline(const std::vector<fa_snapshots::SnapshotFile>& files,
                                        const std::string& path);

}  // namespace fa_export
