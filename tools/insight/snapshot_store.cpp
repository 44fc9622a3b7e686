// SPDX-License-Identifier: MIT OR Apache-2.0
#include "snapshot_store.hpp"

#include "formats/json_file.hpp"
#include "formats/snapshot_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

namespace fa_insight {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{16} << 20;
constexpr const char* kRequest = "snapshot.request";

// Result: "" for a snapshot, else what is wrong. Versions to come are taken too: the page shows
// what it knows of them.
std::string fault_of(const std::string& text, const std::string& name) {
  json value;
  const std::string fault =
      fa_formats::parse_json(text, name,
                             "a whole snapshot: SnapshotEmitter renames whole files into place, so "
                             "something else wrote or "
                             "cut this one",
                             value);
  if (!fault.empty()) return fault;
  const auto is_number = [&](const char* key) {
    const auto at = value.find(key);
    return at != value.end() && at->is_number_unsigned();
  };
  if (!value.is_object() || !is_number("version") || !is_number("frame")) {
    return name + ": is JSON, but no snapshot: it has no `version` and `frame`";
  }
  return {};
}

std::string quoted(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string directory_problem(const fs::path& directory) {
  std::error_code error;
  const fs::file_status status = fs::status(directory, error);
  if (!fs::exists(status)) {
    return "there is no directory '" + directory.string() +
           "'; make it (mkdir -p), or name the one that SnapshotConfig::directory of the game "
           "names with --directory";
  }
  if (!fs::is_directory(status)) {
    return "'" + directory.string() + "' is not a directory; name the one with the snapshots";
  }
  const fs::directory_iterator entries(directory, error);
  if (error) return "cannot read the directory '" + directory.string() + "': " + error.message();
  return {};
}

SnapshotStore::SnapshotStore(fs::path directory, std::size_t most_snapshots, std::size_t most_bytes)
    : directory_(std::move(directory)), most_snapshots_(most_snapshots), most_bytes_(most_bytes) {}

std::uint64_t SnapshotStore::scan() {
  const std::lock_guard guard(mutex_);
  ++round_;
  struct Fresh {
    fs::path path;
    Seen seen;
  };
  std::vector<Fresh> fresh;
  std::error_code error;
  fs::directory_iterator at(directory_, error);
  directory_problem_ = error ? directory_problem(directory_) : std::string();
  for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!fa_formats::is_snapshot_name(name)) continue;
    // Each of these fails when the game has pruned the file since the directory was listed.
    std::error_code gone;
    Seen seen;
    seen.time = fs::last_write_time(at->path(), gone);
    if (!gone) seen.size = fs::file_size(at->path(), gone);
    if (gone) continue;
    seen.round = round_;
    const auto known = files_.find(name);
    if (known != files_.end() && known->second == seen) {
      known->second.round = round_;
    } else {
      fresh.push_back({at->path(), seen});
    }
  }
  // By time: a game that was started again begins with small frame numbers.
  std::ranges::sort(fresh, [](const Fresh& a, const Fresh& b) {
    return a.seen.time != b.seen.time ? a.seen.time < b.seen.time : a.path < b.path;
  });
  for (Fresh& file : fresh) take(file.path, file.seen);
  std::erase_if(files_, [&](const auto& file) { return file.second.round != round_; });
  return latest_;
}

void SnapshotStore::take(const fs::path& path, Seen& seen) {
  const std::string name = path.filename().string();
  if (seen.size > kLargestFile) {
    seen.problem =
        name + ": has " + std::to_string(seen.size) + " bytes; more than 16 MiB is not read";
  } else {
    fa_formats::Read<std::string> text = fa_formats::read_text(path.string(), "a snapshot");
    if (text.gone) return;
    seen.problem = text ? fault_of(text.value, name) : text.complaint;
    if (seen.problem.empty()) {
      bytes_ += text.value.size();
      snapshots_.push_back({++latest_, std::move(text.value)});
    }
  }
  while (snapshots_.size() > most_snapshots_ || (bytes_ > most_bytes_ && snapshots_.size() > 1)) {
    bytes_ -= snapshots_.front().text.size();
    snapshots_.pop_front();
  }
  files_.insert_or_assign(path.filename().string(), seen);
}

std::string SnapshotStore::json_since(std::uint64_t since) const {
  const std::lock_guard guard(mutex_);
  std::string out = "{\"latest\":" + std::to_string(latest_) + ",\"problems\":[";
  const char* separator = "";
  const auto add_problem = [&](const std::string& text) {
    out += separator + quoted(text);
    separator = ",";
  };
  if (!directory_problem_.empty()) add_problem(directory_problem_);
  for (const auto& [name, seen] : files_) {
    if (!seen.problem.empty()) add_problem(seen.problem);
  }
  out += "],\"snapshots\":[";
  separator = "";
  for (const StoredSnapshot& snapshot : snapshots_) {
    if (snapshot.sequence <= since) continue;
    out += separator;
    out +=
        "{\"sequence\":" + std::to_string(snapshot.sequence) + ",\"data\":" + snapshot.text + "}";
    separator = ",";
  }
  return out + "]}";
}

std::size_t SnapshotStore::size() const {
  const std::lock_guard guard(mutex_);
  return snapshots_.size();
}

void SnapshotStore::request() {
  std::error_code error;
  const fs::path path = directory_ / kRequest;
  if (fs::is_directory(directory_, error) && !fs::exists(path, error)) {
    const std::ofstream made(path);
    asked_ = true;
  }
}

void SnapshotStore::withdraw_request() {
  if (!asked_) return;
  std::error_code error;
  fs::remove(directory_ / kRequest, error);
}

}  // namespace fa_insight
