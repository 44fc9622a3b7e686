// SPDX-License-Identifier: MIT OR Apache-2.0
#include "snapshot_files/reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

namespace fa_snapshots {

namespace {

namespace fs = std::filesystem;
using framealloc::AllocKind;
using Json = nlohmann::json;

constexpr std::uintmax_t kMostBytes = std::uintmax_t{256} << 20;

std::string kind_of(const Json& value) {
  if (value.is_number()) return value.is_number_unsigned() ? "a number" : value.dump();
  if (value.is_string()) return "a text";
  if (value.is_null()) return "null";
  return value.is_object() ? "an object" : value.is_array() ? "an array" : "a boolean";
}

// Takes a document apart. The first fault is kept; after it every value is empty.
class Taker {
 public:
  std::string fault;

  void fail(const std::string& where, const std::string& is, std::string_view wanted) {
    if (!fault.empty()) return;
    fault.append(where).append(is).append("; expected ").append(wanted);
  }
  // Result: the member, or null after a complaint.
  const Json* member(const Json& object, const char* key, const std::string& where,
                     std::string_view wanted) {
    if (!fault.empty()) return nullptr;
    const auto found = object.find(key);
    if (found != object.end()) return &*found;
    fail(where + "/" + key, " is missing", wanted);
    return nullptr;
  }
  std::uint64_t number(const Json& object, const char* key, const std::string& where) {
    constexpr const char* kWanted = "a whole number, 0 or more";
    const Json* const value = member(object, key, where, kWanted);
    if (value == nullptr) return 0;
    if (value->is_number_unsigned()) return value->get<std::uint64_t>();
    fail(where + "/" + key, " is " + kind_of(*value), kWanted);
    return 0;
  }
  std::size_t bytes(const Json& object, const char* key, const std::string& where) {
    return static_cast<std::size_t>(number(object, key, where));
  }
  double real(const Json& object, const char* key, const std::string& where) {
    const Json* const value = member(object, key, where, "a number");
    if (value == nullptr) return 0;
    if (value->is_number()) return value->get<double>();
    fail(where + "/" + key, " is " + kind_of(*value), "a number");
    return 0;
  }
  std::string text(const Json& object, const char* key, const std::string& where) {
    const Json* const value = member(object, key, where, "a text");
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    fail(where + "/" + key, " is " + kind_of(*value), "a text");
    return {};
  }
  const Json& object(const Json& parent, const char* key, const std::string& where) {
    return of_kind(parent, key, where, "an object", &Json::is_object, empty_object_);
  }
  const Json& array(const Json& parent, const char* key, const std::string& where) {
    return of_kind(parent, key, where, "an array", &Json::is_array, empty_array_);
  }
  // Effect: visits the objects of an array with their place.
  template <class Visit>
  void each(const Json& parent, const char* key, Visit&& visit) {
    const Json& all = array(parent, key, "");
    for (std::size_t i = 0; i < all.size() && fault.empty(); ++i) {
      const std::string where = std::string("/") + key + "/" + std::to_string(i);
      if (!all[i].is_object()) return fail(where, " is " + kind_of(all[i]), "an object");
      visit(all[i], where);
    }
  }

 private:
  const Json& of_kind(const Json& parent, const char* key, const std::string& where,
                      const char* wanted, bool (Json::*is)() const noexcept, const Json& empty) {
    const Json* const value = member(parent, key, where, wanted);
    if (value == nullptr) return empty;
    if ((value->*is)()) return *value;
    fail(where + "/" + key, " is " + kind_of(*value), wanted);
    return empty;
  }

  const Json empty_object_ = Json::object();
  const Json empty_array_ = Json::array();
};

std::optional<framealloc::SnapshotBudget> take_budget(Taker& take, const Json& thread,
                                                      const char* key, const std::string& where) {
  const Json* const value = take.member(thread, key, where, "null or an object");
  if (value == nullptr || value->is_null()) return std::nullopt;
  const Json& budget = take.object(thread, key, where);
  const std::string here = where + "/" + key;
  return framealloc::SnapshotBudget{take.bytes(budget, "limit", here),
                                    take.bytes(budget, "used", here)};
}

AllocKind take_kind(Taker& take, const Json& tag, const std::string& where) {
  const std::string name = take.text(tag, "alloc_kind", where);
  for (const AllocKind kind :
       {AllocKind::Frame, AllocKind::Pool, AllocKind::Heap, AllocKind::Scratch}) {
    if (framealloc::kind_name(kind) == name) return kind;
  }
  take.fail(where + "/alloc_kind", " is '" + name + "'", "frame, pool, heap or scratch");
  return AllocKind::Frame;
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
  take.each(root, "phases", [&](const Json& one, const std::string& where) {
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

// Seconds since 1970 of "2026-11-22T10:00:00Z".
std::optional<std::int64_t> parse_timestamp(const std::string& text) {
  int year = 0, used = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  const int fields = std::sscanf(text.c_str(), "%d-%2u-%2uT%2u:%2u:%2uZ%n", &year, &month, &day,
                                 &hour, &minute, &second, &used);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (fields != 6 || static_cast<std::size_t>(used) != text.size() || !date.ok()) {
    return std::nullopt;
  }
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second;
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
  take.each(root, "threads", [&](const Json& one, const std::string& where) {
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
  take.each(root, "tags", [&](const Json& one, const std::string& where) {
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
  if (file.extended()) take_process(take, root, snapshot);
}

// Result: "12:5", the line and column of a byte.
std::string place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t newline = before.rfind('\n');
  const std::size_t column =
      newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
  return std::to_string(lines + 1) + ":" + std::to_string(column);
}

bool is_snapshot(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("snapshot_") && name.ends_with(".json");
}

}  // namespace

Read<SnapshotFile> parse_snapshot(std::string_view text, const std::string& path) {
  Read<SnapshotFile> result;
  result.value.path = path;
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos) {
    result.complaint = path + ": is empty; expected a snapshot. Take a new one";
    return result;
  }
  Json root;
  try {
    root = Json::parse(text);
  } catch (const Json::parse_error& error) {
    if (error.byte > last + 1) {
      result.complaint =
          path + ": ends in the middle of a value; expected a whole snapshot. Take a new one";
    } else {
      result.complaint = path + ":" + place_of(text, error.byte) +
                         ": is not JSON; expected a snapshot as Snapshot::to_json() writes it";
    }
    return result;
  }
  Taker take;
  if (!root.is_object()) {
    result.complaint = path + ": is " + kind_of(root) + "; expected a snapshot, which is an object";
    return result;
  }
  const std::uint64_t version = take.number(root, "version", "");
  if (take.fault.empty() && version != 1 && version != framealloc::kSnapshotVersion2) {
    result.complaint = path + ": has version " + std::to_string(version) +
                       "; expected 1 or 2. A newer library wrote it: use its `fa`";
    return result;
  }
  result.value.version = static_cast<unsigned>(version);
  if (take.fault.empty()) take_all(take, root, result.value);
  if (!take.fault.empty()) {
    result.complaint = path + ": " + take.fault + ". docs/snapshots.md describes the file";
  }
  return result;
}

Read<SnapshotFile> read_snapshot(const std::string& path) {
  Read<SnapshotFile> result;
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (!error && size > kMostBytes) {
    result.complaint = path + ": has more than 256 MiB; expected a snapshot";
    return result;
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  std::string text;
  char buffer[65536];
  while (file != nullptr) {
    const std::size_t got = std::fread(buffer, 1, sizeof buffer, file.get());
    text.append(buffer, got);
    if (got < sizeof buffer) break;
  }
  if (file == nullptr || std::ferror(file.get()) != 0) {
    result.complaint = path + ": cannot be read: " + std::strerror(errno);
    return result;
  }
  return parse_snapshot(text, path);
}

Read<std::vector<SnapshotFile>> read_folder(const std::string& path) {
  Read<std::vector<SnapshotFile>> result;
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    if (is_snapshot(at->path())) names.push_back(at->path().string());
  }
  if (error) {
    result.complaint = path + ": cannot be read: " + error.message();
    return result;
  }
  if (names.empty()) {
    result.complaint = path +
                       ": has no snapshot_*.json; expected what a SnapshotEmitter writes. Make the "
                       "file snapshot.request in it while the program runs, or switch auto_emit on";
    return result;
  }
  std::ranges::sort(names);
  for (const std::string& name : names) {
    Read<SnapshotFile> one = read_snapshot(name);
    if (!one) {
      result.complaint = one.complaint;
      return result;
    }
    result.value.push_back(std::move(one.value));
  }
  // Not by name alone: a program that is started again counts its frames from 1.
  std::ranges::sort(result.value, [](const SnapshotFile& a, const SnapshotFile& b) {
    return std::tie(a.timestamp, a.snapshot.frame, a.path) <
           std::tie(b.timestamp, b.snapshot.frame, b.path);
  });
  return result;
}

Read<SnapshotFile> read_newest(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return read_snapshot(path);
  Read<std::vector<SnapshotFile>> all = read_folder(path);
  if (!all) return {{}, all.complaint};
  return {std::move(all.value.back()), {}};
}

}  // namespace fa_snapshots
