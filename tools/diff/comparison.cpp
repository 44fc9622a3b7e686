// SPDX-License-Identifier: MIT OR Apache-2.0
#include "comparison.hpp"

#include "common/arguments.hpp"
#include "device_comparison.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace fa_diff {

namespace {

using framealloc::Snapshot;
using framealloc::SnapshotTag;
using framealloc::SnapshotThread;

using TagKey = std::tuple<std::string, std::string, framealloc::AllocKind>;

// A snapshot may name a tag and kind more than once: what a program has added counts together.
std::map<TagKey, std::pair<std::uint64_t, std::uint64_t>> by_tag(const Snapshot& snapshot) {
  std::map<TagKey, std::pair<std::uint64_t, std::uint64_t>> sums;
  for (const SnapshotTag& tag : snapshot.tags) {
    auto& [bytes, count] = sums[{tag.path, tag.thread, tag.kind}];
    bytes += tag.bytes;
    count += tag.alloc_count;
  }
  return sums;
}

std::vector<TagGrowth> compare_tags(const Snapshot& before, const Snapshot& after) {
  std::map<TagKey, TagGrowth> rows;
  const auto row_of = [&rows](const TagKey& key) -> TagGrowth& {
    TagGrowth& row = rows[key];
    std::tie(row.path, row.thread, row.kind) = key;
    return row;
  };
  for (const auto& [key, sums] : by_tag(before)) {
    std::tie(row_of(key).bytes.before, row_of(key).count.before) = sums;
  }
  for (const auto& [key, sums] : by_tag(after)) {
    std::tie(row_of(key).bytes.after, row_of(key).count.after) = sums;
  }
  std::vector<TagGrowth> all;
  for (auto& [key, row] : rows) all.push_back(std::move(row));
  std::ranges::sort(all, [](const TagGrowth& a, const TagGrowth& b) {
    return std::make_tuple(b.bytes.bytes(), std::tie(a.path, a.kind, a.thread)) <
           std::make_tuple(a.bytes.bytes(), std::tie(b.path, b.kind, b.thread));
  });
  return all;
}

std::map<std::string, std::size_t> names_of(const Snapshot& snapshot) {
  std::map<std::string, std::size_t> names;
  for (const SnapshotThread& thread : snapshot.threads) ++names[thread.name];
  return names;
}

std::vector<ThreadGrowth> compare_threads(const Snapshot& before, const Snapshot& after) {
  const auto names_before = names_of(before), names_after = names_of(after);
  const auto is_shared = [&](const std::string& name) {
    const auto b = names_before.find(name), a = names_after.find(name);
    return (b != names_before.end() && b->second > 1) || (a != names_after.end() && a->second > 1);
  };
  std::map<std::string, ThreadGrowth> rows;
  const auto add = [&](const Snapshot& snapshot, std::uint64_t Growth::* side) {
    for (const SnapshotThread& thread : snapshot.threads) {
      std::string name = thread.name;
      if (is_shared(name)) name += " #" + thread.id;
      ThreadGrowth& row = rows[name];
      row.name = name;
      row.frame.*side += thread.frame_bytes;
      row.pool.*side += thread.pool_bytes;
      row.heap.*side += thread.heap_bytes;
      row.total.*side += thread.frame_bytes + thread.pool_bytes + thread.heap_bytes;
    }
  };
  add(before, &Growth::before);
  add(after, &Growth::after);
  std::vector<ThreadGrowth> all;
  for (auto& [name, row] : rows) all.push_back(std::move(row));
  std::ranges::sort(all, [](const ThreadGrowth& a, const ThreadGrowth& b) {
    return std::make_tuple(b.total.bytes(), std::tie(a.name)) <
           std::make_tuple(a.total.bytes(), std::tie(b.name));
  });
  return all;
}

using Sums = std::map<std::string, Growth>;

std::vector<TotalGrowth> by_growth(const Sums& rows) {
  std::vector<TotalGrowth> all;
  for (const auto& [name, bytes] : rows) all.push_back({name, bytes});
  std::ranges::sort(all, [](const TotalGrowth& a, const TotalGrowth& b) {
    return std::make_tuple(b.bytes.bytes(), std::tie(a.name)) <
           std::make_tuple(a.bytes.bytes(), std::tie(b.name));
  });
  return all;
}

// What version 3 has: a snapshot of an older version would look as if it held nothing there.
void compare_parts(const Snapshot& before, const Snapshot& after, Comparison& result) {
  const auto add = [&](const char* name, std::uint64_t a, std::uint64_t b) {
    if (a != 0 || b != 0) result.totals.push_back({name, {a, b}});
  };
  const framealloc::HandleAllocatorStats no_handles;
  const framealloc::StreamingStats no_streaming;
  const auto &handles_a = before.handles ? *before.handles : no_handles,
             &handles_b = after.handles ? *after.handles : no_handles;
  const auto &streaming_a = before.streaming ? *before.streaming : no_streaming,
             &streaming_b = after.streaming ? *after.streaming : no_streaming;
  add("handles", handles_a.total_allocated, handles_b.total_allocated);
  add("handle_holes", handles_a.hole_bytes, handles_b.hole_bytes);
  add("streaming", streaming_a.total_reserved, streaming_b.total_reserved);
  Sums sites;
  std::map<std::size_t, Growth> pools;
  const auto sum_up = [&](const Snapshot& snapshot, std::uint64_t Growth::* side) {
    for (const framealloc::PoolClassFigures& pool : snapshot.pools) {
      pools[pool.block_bytes].*side += pool.blocks * pool.block_bytes;
    }
    for (const framealloc::SnapshotSite& site : snapshot.sites) {
      std::string name = site.file + ":" + std::to_string(site.line);
      if (!site.tag.empty()) name += " " + site.tag;
      sites[name].*side += site.bytes;
    }
  };
  sum_up(before, &Growth::before);
  sum_up(after, &Growth::after);
  for (const auto& [size, room] : pools) {
    result.pools.push_back({std::to_string(size) + " B blocks", room});
  }
  result.sites = by_growth(sites);
}

}  // namespace

std::optional<double> Growth::percent() const {
  if (before == 0) return std::nullopt;
  return 100.0 * static_cast<double>(bytes()) / static_cast<double>(before);
}

Comparison compare(SnapshotFile before, SnapshotFile after) {
  Comparison result;
  const Snapshot &a = before.snapshot, &b = after.snapshot;
  result.total = {a.summary.total_bytes, b.summary.total_bytes};
  result.totals = {{"frame", {a.summary.frame_bytes, b.summary.frame_bytes}},
                   {"pool", {a.summary.pool_bytes, b.summary.pool_bytes}},
                   {"heap", {a.summary.heap_bytes, b.summary.heap_bytes}},
                   {"total", result.total},
                   {"peak", {a.summary.peak_bytes, b.summary.peak_bytes}}};
  if (before.extended() && after.extended()) {
    result.totals.push_back({"reserved", {a.reserved_bytes, b.reserved_bytes}});
    result.totals.push_back({"peak_reserved", {a.peak_reserved_bytes, b.peak_reserved_bytes}});
    result.totals.push_back({"idle", {a.idle_bytes, b.idle_bytes}});
    result.totals.push_back({"metadata", {a.metadata_bytes, b.metadata_bytes}});
  }
  if (before.version >= framealloc::kSnapshotVersion3 &&
      after.version >= framealloc::kSnapshotVersion3) {
    compare_parts(a, b, result);
  }
  result.tags = compare_tags(a, b);
  result.threads = compare_threads(a, b);
  result.devices = compare_devices(a, b);
  result.before = std::move(before);
  result.after = std::move(after);
  return result;
}

bool Limit::exceeded(const Growth& growth) const {
  if (growth.after <= growth.before) return false;
  if (bytes) return growth.after - growth.before > *bytes;
  const std::optional<double> share = growth.percent();
  return !share || *share > percent.value_or(0);
}

std::optional<Limit> parse_limit(std::string_view text) {
  Limit limit;
  limit.text = text;
  limit.bytes = fa_tools::parse_bytes(text);
  limit.percent = fa_tools::parse_percent(text);
  if (!limit.bytes && !limit.percent) return std::nullopt;
  return limit;
}

}  // namespace fa_diff
