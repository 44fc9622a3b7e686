// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/snapshot_emitter.hpp>

#include <framealloc/detail/os/clock.hpp>
#include "os/file_lock.hpp"
#include "os/process.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace framealloc {

namespace fs = std::filesystem;

namespace {

constexpr const char* kRequest = "snapshot.request";
constexpr std::size_t kDigits = 16;

std::string file_name(std::uint64_t frame) {
  const std::string digits = std::to_string(frame);
  std::string name = "snapshot_";
  if (digits.size() < kDigits) name.append(kDigits - digits.size(), '0');
  return name.append(digits).append(".json");
}

// The name of a file being written: with a dot and the process id, so no reader takes it for a
// snapshot, and with its own number, so no other writer takes it for its own.
std::string part_name(std::string_view name) {
  static constinit std::atomic<std::uint64_t> parts{0};
  std::string part(1, '.');
  part.append(name).append(1, '.').append(std::to_string(os::process_id())).append(1, '-');
  part.append(std::to_string(parts.fetch_add(1, std::memory_order_relaxed)));
  return part.append(".part");
}

bool is_part(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with(".snapshot_") && name.ends_with(".part");
}

bool is_older_than(const fs::path& path, std::chrono::minutes age) {
  std::error_code error;
  const fs::file_time_type written = fs::last_write_time(path, error);
  return !error && fs::file_time_type::clock::now() - written > age;
}

// Killed writers leave their parts behind. A running one holds its part's lock. The age covers the
// time before it has taken the lock, and file systems without locks.
void remove_stale_parts(const fs::path& directory) {
  constexpr std::chrono::minutes kStale{1};
  std::error_code error;
  std::vector<fs::path> parts;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (is_part(at->path()) && is_older_than(at->path(), kStale)) parts.push_back(at->path());
  }
  for (const fs::path& part : parts) {
    std::FILE* const file = std::fopen(part.c_str(), "r+b");
    if (file == nullptr) continue;
    // Another writer may have begun a part of this name since the list was made.
    if (os::try_lock(file) && is_older_than(part, kStale)) fs::remove(part, error);
    std::fclose(file);
  }
}

bool is_snapshot(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("snapshot_") && name.ends_with(".json");
}

std::vector<fs::path> snapshots_in(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (is_snapshot(at->path())) found.push_back(at->path());
  }
  std::ranges::sort(found);  // by frame: the digits have one length
  return found;
}

}  // namespace

SnapshotEmitter::SnapshotEmitter(SnapshotConfig config) : config_(std::move(config)) {}

bool SnapshotEmitter::interval_is_over() const noexcept {
  const std::uint64_t last = last_ns_.load(std::memory_order_relaxed);
  if (last == 0) return true;
  const auto interval = std::chrono::nanoseconds(config_.min_interval).count();
  return os::now_ns() - last >= static_cast<std::uint64_t>(std::max<std::int64_t>(interval, 0));
}

bool SnapshotEmitter::wanted() const {
  if (!is_enabled() || !interval_is_over()) return false;
  if (config_.auto_emit) return true;
  std::error_code error;
  return config_.check_request_file && fs::exists(config_.directory / kRequest, error);
}

bool SnapshotEmitter::maybe_emit(const Snapshot& snapshot) { return wanted() && emit(snapshot); }

bool SnapshotEmitter::emit(const Snapshot& snapshot) {
  if (!is_enabled() || !interval_is_over()) return false;
  // One thread writes at a time; a concurrent call is within the interval anyway.
  if (writing_.exchange(true, std::memory_order_acquire)) return false;
  const bool written = write(snapshot);
  if (written) {
    last_ns_.store(os::now_ns(), std::memory_order_relaxed);
    emitted_.fetch_add(1, std::memory_order_relaxed);
    std::error_code error;
    fs::remove(config_.directory / kRequest, error);
    prune();
  }
  writing_.store(false, std::memory_order_release);
  return written;
}

bool SnapshotEmitter::write(const Snapshot& snapshot) {
  Snapshot complete = snapshot;
  {
    const std::lock_guard guard(lock_);
    error_.clear();
    complete.transfers_this_frame =
        snapshot.transfers.completed_total -
        std::exchange(transfers_before_, snapshot.transfers.completed_total);
    complete.deferred_this_frame =
        snapshot.deferred.processed_total -
        std::exchange(deferred_before_, snapshot.deferred.processed_total);
  }
  const std::string text = complete.to_json(config_.version);
  if (text.empty()) {
    std::string why("SnapshotConfig::version is ");
    return fail({}, why.append(std::to_string(config_.version)).append("; expected 1, 2 or 3"));
  }
  std::error_code error;
  fs::create_directories(config_.directory, error);
  if (error) return fail(config_.directory, error.message());
  const fs::path path = config_.directory / file_name(snapshot.frame);
  const fs::path temporary = config_.directory / part_name(path.filename().string());
  std::FILE* const file = std::fopen(temporary.c_str(), "wb");
  if (file == nullptr) return fail(temporary, std::strerror(errno));
  (void)os::try_lock(file);  // nobody else has it; where there are no locks, nobody removes parts
  const bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (!whole || !closed) {
    const std::string why = std::strerror(errno);
    fs::remove(temporary, error);
    return fail(temporary, why);
  }
  fs::rename(temporary, path, error);
  if (!error) return true;
  const std::string why = error.message();
  fs::remove(temporary, error);
  return fail(path, why);
}

bool SnapshotEmitter::fail(const fs::path& path, const std::string& why) {
  const std::lock_guard guard(lock_);
  error_.clear();
  if (!path.empty()) error_.append("cannot write ").append(path.string()).append(": ");
  error_.append(why);
  return false;
}

std::string SnapshotEmitter::error() const {
  const std::lock_guard guard(lock_);
  return error_;
}

void SnapshotEmitter::prune() const {
  remove_stale_parts(config_.directory);
  if (config_.max_snapshots == 0) return;
  const std::vector<fs::path> found = snapshots_in(config_.directory);
  std::error_code error;
  for (std::size_t i = 0; i + config_.max_snapshots < found.size(); ++i) {
    fs::remove(found[i], error);
  }
}

std::size_t SnapshotEmitter::clear_all_snapshots() {
  remove_stale_parts(config_.directory);
  std::size_t removed = 0;
  std::error_code error;
  for (const fs::path& path : snapshots_in(config_.directory)) {
    if (fs::remove(path, error)) ++removed;
  }
  return removed;
}

}  // namespace framealloc
