// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes snapshots where tools look for them.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/chrono.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/snapshot.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace framealloc {

struct SnapshotConfig {
  std::filesystem::path directory = "target/framealloc";
  std::size_t max_snapshots = 30;  ///< older files are removed; 0 = none is
  std::chrono::milliseconds min_interval{500};
  bool check_request_file = true;  ///< maybe_emit() answers a file `snapshot.request`
  bool auto_emit = false;          ///< maybe_emit() writes whenever the interval has passed
  unsigned version = SNAPSHOT_VERSION;

  SnapshotConfig& with_directory(std::filesystem::path d) {
    directory = std::move(d);
    return *this;
  }
  SnapshotConfig& with_max_snapshots(std::size_t n) {
    max_snapshots = n;
    return *this;
  }
  SnapshotConfig& with_min_interval(std::chrono::milliseconds t) {
    min_interval = t;
    return *this;
  }
  SnapshotConfig& with_request_file(bool on) {
    check_request_file = on;
    return *this;
  }
  SnapshotConfig& with_auto_emit(bool on) {
    auto_emit = on;
    return *this;
  }
  SnapshotConfig& with_version(unsigned v) {
    version = v;
    return *this;
  }
};

/// A tool that wants a snapshot makes the file `snapshot.request` in the directory; the next
/// maybe_emit() writes one and removes the request. Files are named snapshot_ and the frame in 16
/// digits, .json. A file appears whole or not at all: it is written under another name, and
/// renamed. Library memory is not used; the standard library's is. Thread contract: any thread.
class FRAMEALLOC_API SnapshotEmitter {
 public:
  explicit SnapshotEmitter(SnapshotConfig config = {});
  SnapshotEmitter(const SnapshotEmitter&) = delete;
  SnapshotEmitter& operator=(const SnapshotEmitter&) = delete;

  void set_enabled(bool on) noexcept { enabled_.store(on, std::memory_order_relaxed); }
  [[nodiscard]] bool is_enabled() const noexcept {
    return enabled_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t emit_count() const noexcept {
    return emitted_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] const SnapshotConfig& config() const noexcept { return config_; }

  /// Result: whether maybe_emit() would write now: enabled, the interval is over, and a request or
  /// auto_emit. Makes a system call only when the interval is over; so ask before you collect.
  [[nodiscard]] bool wanted() const;
  /// Effect: writes the snapshot if it is wanted(). Result: whether it was written.
  bool maybe_emit(const Snapshot& snapshot);
  /// Effect: writes the snapshot unless emitting is disabled or the interval is not over, which a
  /// failed write does not restart. Removes the request and what is more than max_snapshots.
  /// Result: false when not written; error() then says why.
  bool emit(const Snapshot& snapshot);
  /// Result: what went wrong in the last emit(): path and reason. "" after a success.
  [[nodiscard]] std::string error() const;
  /// Effect: removes every snapshot in the directory. Result: how many.
  std::size_t clear_all_snapshots();

 private:
  [[nodiscard]] bool interval_is_over() const noexcept;
  bool write(const Snapshot& snapshot);
  void prune() const;
  bool fail(const std::filesystem::path& path, const std::string& why);

  SnapshotConfig config_;
  std::atomic<bool> enabled_{true};
  std::atomic<std::uint64_t> emitted_{0};
  std::atomic<std::uint64_t> last_ns_{0};  // 0: never
  mutable detail::SpinLock lock_;          // of the three below
  std::string error_;
  std::uint64_t transfers_before_ = 0;  // totals of the snapshot before
  std::uint64_t deferred_before_ = 0;
  std::atomic<bool> writing_{false};
};

}  // namespace framealloc
