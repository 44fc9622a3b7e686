// SPDX-License-Identifier: MIT OR Apache-2.0
// Snapshots from files.
#pragma once

#include "formats/read.hpp"

#include <framealloc/snapshot.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace fa_formats {

// What a file says. Members that its version lacks are as in an empty Snapshot.
struct SnapshotFile {
  std::string path;
  unsigned version = 0;
  std::string timestamp;
  framealloc::Snapshot snapshot;
  bool extended() const { return version >= framealloc::kSnapshotVersion2; }
};

// Result: the snapshot in `text`; `path` is for complaints. Keys that the schema does not have are
// passed over, so that an older tool reads what a newer library adds.
Read<SnapshotFile> parse_snapshot(std::string_view text, const std::string& path);
Read<SnapshotFile> read_snapshot(const std::string& path);
// Result: whether a SnapshotEmitter names its files so: snapshot_*.json.
bool is_snapshot_name(std::string_view name);
// Result: every snapshot_*.json of the folder, oldest first: by timestamp, then by frame. A file
// that vanishes meanwhile is passed over, since a running game prunes its folder.
Read<std::vector<SnapshotFile>> read_folder(const std::string& path);
// Result: a file's snapshot, or the newest one of a folder. What cannot be read matters only when
// it was written after every file that can.
Read<SnapshotFile> read_newest(const std::string& path);

}  // namespace fa_formats
