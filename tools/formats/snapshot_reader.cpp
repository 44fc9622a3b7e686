// SPDX-License-Identifier: MIT OR Apache-2.0
#include "formats/snapshot_reader.hpp"

#include "formats/device_figures.hpp"
#include "formats/json_file.hpp"
#include "formats/json_taker.hpp"
#include "formats/part_figures.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

namespace fa_formats {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSnapshot = "a snapshot as Snapshot::to_json() writes it";
// A game may prune its folder faster than it is read: it is listed again as often.
constexpr int kMostTries = 100;

std::optional<framealloc::SnapshotBudget> take_budget(Taker& take, const Json& thread,
                                                      const char* key, const std::string& where) {
  const Json* const value = take.member(thread, key, where, "null or an object");
  if (value == nullptr || value->is_null()) return std::nullopt;
  const Json& budget = take.object(thread, key, where);
  const std::string here = where + "/" + key;
  return framealloc::SnapshotBudget{take.bytes(budget, "limit", here),
                                    take.bytes(budget, "used", here)};
}

void take_process(Taker& take, const Json& root, framealloc::Snapshot& snapshot) {
  const Json& process = take.object(root, "process", "");
  snapshot.process_id = take.number(process, "id", "/process");
  snapshot.process_name = take.text(process, "name", "/process");
  const Json& summary = take.object(root, "summary", "");
  snapshot.reserved_bytes = take.bytes(summary, "reserved_bytes", "/summary");
  snapshot.peak_reserved_bytes = take.bytes(summary, "peak_reserved_bytes", "/summary");
  snapshot.idle_bytes = take.bytes(summary, "idle_bytes", "/summary");
  snapshot.metadata_bytes = take.bytes(summary, "metadata_bytes", "/summary");
  snapshot.allocation_count = take.number(summary, "allocation_count", "/summary");
  snapshot.deallocation_count = take.number(summary, "deallocation_count", "/summary");
  take.each(root, "phases", "", [&](const Json& one, const std::string& where) {
    framealloc::PhaseStats phase;
    phase.name = take.text(one, "name", where);
    phase.count = take.number(one, "count", where);
    phase.bytes_allocated = take.bytes(one, "bytes_total", where);
    phase.last_frame_bytes = take.bytes(one, "bytes_last_frame", where);
    phase.peak_frame_bytes = take.bytes(one, "bytes_peak_frame", where);
    phase.total_ns = take.number(one, "duration_us_total", where) * 1000;
    phase.last_frame_ns = take.number(one, "duration_us_last_frame", where) * 1000;
    phase.max_ns = take.number(one, "duration_us_max", where) * 1000;
    snapshot.phases.push_back(std::move(phase));
  });
}

// Absent in files of libraries that did not write it yet.
void take_budgets(Taker& take, const Json& root, framealloc::Snapshot& snapshot) {
  if (!root.contains("budgets")) return;
  take.each(root, "budgets", "", [&](const Json& one, const std::string& where) {
    framealloc::SnapshotLimit limit;
    limit.tag = take.text(one, "tag", where);
    const std::string scope = take.text(one, "scope", where);
    limit.global = scope == "global";
    if (!limit.global && scope != "tag")
      take.fail(where + "/scope", " is '" + scope + "'", "one of global, tag");
    limit.soft_limit = take.bytes(one, "soft_limit", where);
    limit.hard_limit = take.bytes(one, "hard_limit", where);
    limit.used = take.bytes(one, "used", where);
    limit.peak = take.bytes(one, "peak", where);
    limit.denials = take.number(one, "denials", where);
    snapshot.budgets.push_back(std::move(limit));
  });
}

// Absent in files of libraries that did not write it yet, and null without a device.
void take_devices(Taker& take, const Json& root, framealloc::Snapshot& snapshot) {
  const auto found = root.find("gpu");
  if (found == root.end() || found->is_null()) return;
  const Json& gpu = take.object(root, "gpu", "");
  take.each(gpu, "devices", "/gpu", [&](const Json& one, const std::string& where) {
    framealloc::SnapshotDevice device;
    device.name = take.text(one, "name", where);
    device.totals = take_totals(take, one, where);
    device.totals.frame = take.number(one, "frame", where);
    device.heaps = take_heaps(take, one, where);
    take.each(one, "tags", where, [&](const Json& tag, const std::string& here) {
      device.tags.push_back({take.text(tag, "path", here), take.bytes(tag, "bytes", here),
                             take.bytes(tag, "peak_bytes", here),
                             take.bytes(tag, "subtree_bytes", here), take.bytes(tag, "limit", here),
                             take.number(tag, "denials", here)});
    });
    snapshot.add_device(std::move(device));
  });
}

// Result: the digits `text` as a number; -1 when they are none.
int digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

// Seconds since 1970 of "2026-11-22T10:00:00Z".
std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  constexpr std::string_view kShape = "####-##-##T##:##:##Z";
  if (text.size() != kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kShape[i] != '#' && kShape[i] != text[i]) return std::nullopt;
  }
  const int year = digits(text.substr(0, 4)), month = digits(text.substr(5, 2));
  const int day = digits(text.substr(8, 2)), hour = digits(text.substr(11, 2));
  const int minute = digits(text.substr(14, 2)), second = digits(text.substr(17, 2));
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 59) {
    return std::nullopt;
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + hour * 3600 + minute * 60 + second;
}

void take_all(Taker& take, const Json& root, SnapshotFile& file) {
  framealloc::Snapshot& snapshot = file.snapshot;
  file.timestamp = take.text(root, "timestamp", "");
  const std::optional<std::int64_t> seconds = parse_timestamp(file.timestamp);
  snapshot.unix_seconds = seconds.value_or(0);
  if (!seconds) take.fail("/timestamp", " is '" + file.timestamp + "'", "YYYY-MM-DDTHH:MM:SSZ");
  snapshot.frame = take.number(root, "frame", "");
  snapshot.duration_us = take.number(root, "duration_us", "");
  const Json& summary = take.object(root, "summary", "");
  snapshot.summary = {
      take.bytes(summary, "frame_bytes", "/summary"), take.bytes(summary, "pool_bytes", "/summary"),
      take.bytes(summary, "heap_bytes", "/summary"), take.bytes(summary, "total_bytes", "/summary"),
      take.bytes(summary, "peak_bytes", "/summary")};
  take.each(root, "threads", "", [&](const Json& one, const std::string& where) {
    framealloc::SnapshotThread thread;
    thread.id = take.text(one, "id", where);
    thread.name = take.text(one, "name", where);
    thread.frame_bytes = take.bytes(one, "frame_bytes", where);
    thread.pool_bytes = take.bytes(one, "pool_bytes", where);
    thread.heap_bytes = take.bytes(one, "heap_bytes", where);
    thread.peak_bytes = take.bytes(one, "peak_bytes", where);
    if (file.extended()) thread.reserved_bytes = take.bytes(one, "reserved_bytes", where);
    thread.budget = take_budget(take, one, "budget", where);
    // Absent in files of libraries that did not write it yet.
    if (one.contains("pool_budget")) {
      thread.pool_budget = take_budget(take, one, "pool_budget", where);
    }
    snapshot.threads.push_back(std::move(thread));
  });
  take.each(root, "tags", "", [&](const Json& one, const std::string& where) {
    framealloc::SnapshotTag tag;
    tag.path = take.text(one, "path", where);
    tag.thread = take.text(one, "thread", where);
    tag.kind = take_kind(take, one, where);
    tag.alloc_count = take.number(one, "alloc_count", where);
    tag.bytes = take.bytes(one, "bytes", where);
    tag.avg_lifetime_frames = take.real(one, "avg_lifetime_frames", where);
    tag.promotion_rate = take.real(one, "promotion_rate", where);
    snapshot.tags.push_back(std::move(tag));
  });
  if (!file.extended()) return;
  take_process(take, root, snapshot);
  take_budgets(take, root, snapshot);
  take_devices(take, root, snapshot);
  if (file.version >= framealloc::kSnapshotVersion3) take_parts(take, root, snapshot);
}

bool is_older(const SnapshotFile& a, const SnapshotFile& b) {
  // Not by name alone: a program that is started again counts its frames from 1.
  return std::tie(a.timestamp, a.snapshot.frame, a.path) <
         std::tie(b.timestamp, b.snapshot.frame, b.path);
}

// Result: the snapshots of a folder by name; a complaint when there are none.
Read<std::vector<std::string>> list_folder(const std::string& path) {
  Read<std::vector<std::string>> result;
  std::error_code error;
  for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    if (is_snapshot_name(at->path().filename().string()))
      result.value.push_back(at->path().string());
  }
  std::ranges::sort(result.value);
  if (error) {
    result.complaint = path + ": cannot be read: " + error.message();
  } else if (result.value.empty()) {
    result.complaint = path +
                       ": has no snapshot_*.json; expected what a SnapshotEmitter writes. Make the "
                       "file snapshot.request in it while the program runs, or switch auto_emit on";
  }
  return result;
}

// Effect: visits what each file of the folder reads as, those that vanished left out; once more
// when all of them have. Result: why nothing was visited, or "".
template <class Visit>
std::string visit_folder(const std::string& path, Visit&& visit) {
  for (int tries = 1;; ++tries) {
    const Read<std::vector<std::string>> names = list_folder(path);
    if (!names && tries == 1) return names.complaint;
    bool visited = false;
    for (const std::string& name : names.value) {
      Read<SnapshotFile> one = read_snapshot(name);
      if (one.gone) continue;
      visited = true;
      visit(name, std::move(one));
    }
    if (visited) return {};
    if (tries == kMostTries) return path + ": its snapshots vanish before they can be read";
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

Read<SnapshotFile> parse_snapshot(std::string_view text, const std::string& path) {
  Read<SnapshotFile> result;
  result.value.path = path;
  Json root;
  result.complaint = parse_json(text, path, kSnapshot, root);
  if (!result) return result;
  Taker take;
  if (!root.is_object()) {
    result.complaint = path + ": is " + kind_of(root) + "; expected a snapshot, which is an object";
    return result;
  }
  const std::uint64_t version = take.number(root, "version", "");
  if (take.fault.empty() && (version < 1 || version > framealloc::kSnapshotVersion3)) {
    result.complaint = path + ": has version " + std::to_string(version) +
                       "; expected 1, 2 or 3. A newer library wrote it: use its `fa`";
    return result;
  }
  result.value.version = static_cast<unsigned>(version);
  if (take.fault.empty()) take_all(take, root, result.value);
  if (!take.fault.empty()) {
    result.complaint = path + ": " + take.fault + ". docs/snapshots.md describes the file";
  }
  return result;
}

bool is_snapshot_name(std::string_view name) {
  return name.starts_with("snapshot_") && name.ends_with(".json");
}

Read<SnapshotFile> read_snapshot(const std::string& path) {
  const Read<std::string> text = read_text(path, kSnapshot);
  if (text) return parse_snapshot(text.value, path);
  return {{}, text.complaint, text.gone};
}

Read<std::vector<SnapshotFile>> read_folder(const std::string& path) {
  Read<std::vector<SnapshotFile>> result;
  std::string fault;  // of the first file that is none
  result.complaint = visit_folder(path, [&](const std::string&, Read<SnapshotFile> one) {
    if (!one && fault.empty()) fault = one.complaint;
    if (one) result.value.push_back(std::move(one.value));
  });
  if (result) result.complaint = fault;
  std::ranges::sort(result.value, is_older);
  return result;
}

Read<SnapshotFile> read_newest(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return read_snapshot(path);
  using Time = fs::file_time_type;
  const auto time_of = [](const std::string& name) {
    std::error_code gone;
    const Time time = fs::last_write_time(name, gone);
    return gone ? Time::min() : time;
  };
  Read<SnapshotFile> newest, faulty;
  bool found = false;
  Time last_read = Time::min(), last_fault = Time::min();
  newest.complaint = visit_folder(path, [&](const std::string& name, Read<SnapshotFile> one) {
    const Time time = time_of(name);
    if (!one) {
      if (faulty.complaint.empty() || time > last_fault) {
        faulty = std::move(one);
        last_fault = time;
      }
      return;
    }
    last_read = std::max(last_read, time);
    if (!found || is_older(newest.value, one.value)) newest.value = std::move(one.value);
    found = true;
  });
  if (!newest || faulty.complaint.empty()) return newest;
  return !found || last_fault > last_read ? faulty : newest;
}

}  // namespace fa_formats
