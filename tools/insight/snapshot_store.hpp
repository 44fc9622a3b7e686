// SPDX-License-Identifier: MIT OR Apache-2.0
// The snapshots of a directory, in the order in which they came.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

namespace fa_insight {

// One snapshot: its text is one JSON object with a `version` and a `frame`.
struct StoredSnapshot {
  std::uint64_t sequence = 0;  // from 1, in the order in which they were found
  std::string text;
};

// Reads the files that a SnapshotEmitter writes, and keeps what it has read, since the game prunes
// its files. A file that vanishes meanwhile is passed over; one that is not a whole snapshot is a
// problem until it is read well or gone. Thread contract: any thread.
class SnapshotStore {
 public:
  // `most_snapshots`, `most_bytes`: what is kept at most; the oldest go first, one always stays.
  explicit SnapshotStore(std::filesystem::path directory, std::size_t most_snapshots = 600,
                         std::size_t most_bytes = std::size_t{64} << 20);
  SnapshotStore(const SnapshotStore&) = delete;
  SnapshotStore& operator=(const SnapshotStore&) = delete;

  // Effect: reads what is new in the directory. Result: the sequence number of the newest snapshot,
  // 0 when there never was one.
  std::uint64_t scan();
  // Result: an object with the snapshots after `since`: `snapshots[]`, each with `sequence` and
  // `data`; `latest`, the newest sequence number; `problems[]`, texts.
  [[nodiscard]] std::string json_since(std::uint64_t since) const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const std::filesystem::path& directory() const noexcept { return directory_; }

  // Effect: asks the game for a snapshot, as SnapshotEmitter wants it. Without the directory, or
  // with a request there already, nothing.
  void request();
  // Effect: takes back a request of its own that the game has not answered.
  void withdraw_request();

 private:
  struct Seen {
    std::filesystem::file_time_type time;
    std::uintmax_t size = 0;
    std::uint64_t round = 0;  // of the scan that met it last
    std::string problem;
    bool operator==(const Seen& other) const { return time == other.time && size == other.size; }
  };
  void take(const std::filesystem::path& path, Seen& seen);

  const std::filesystem::path directory_;
  const std::size_t most_snapshots_;
  const std::size_t most_bytes_;
  std::atomic<bool> asked_{false};
  mutable std::mutex mutex_;  // of all below
  std::map<std::string, Seen> files_;
  std::string directory_problem_;
  std::deque<StoredSnapshot> snapshots_;
  std::size_t bytes_ = 0;
  std::uint64_t latest_ = 0;
  std::uint64_t round_ = 0;
};

// Result: "" when the directory can be read, else what is wrong with it and what to do.
std::string directory_problem(const std::filesystem::path& directory);

}  // namespace fa_insight
