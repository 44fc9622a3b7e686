// SPDX-License-Identifier: MIT OR Apache-2.0
// Snapshots from files.
#pragma once

#include <framealloc/snapshot.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace fa_snapshots {

// What a file says. Members that its version lacks are as in an empty Snapshot.
struct SnapshotFile {
  std::string path;
  unsigned version = 0;
  std::string timestamp;
  framealloc::Snapshot snapshot;
  bool extended() const { return version >= framealloc::kSnapshotVersion2; }
};

// Result of reading: a value, or a complaint that says where, what, what was expected and what to
// do.
template <class T>
struct Read {
  T value;
  std::string complaint;  // not empty: there is no value
  explicit operator bool() const { return complaint.empty(); }
};

// Result: the snapshot in `text`; `path` is for complaints. Keys that the schema does not have are
// passed over, so that an older tool reads what a newer library adds.
Read<SnapshotFile> parse_snapshot(std::string_view text, const std::string& path);
Read<SnapshotFile> read_snapshot(const std::string& path);
// Result: every snapshot_*.json of the folder, oldest first: by timestamp, then by frame.
Read<std::vector<SnapshotFile>> read_folder(const std::string& path);
// Result: a file's snapshot, or the newest one of a folder.
Read<SnapshotFile> read_newest(const std::string& path);

}  // namespace fa_snapshots
