// SPDX-License-Identifier: MIT OR Apache-2.0
// A snapshot as JSON, in all versions of the schema (docs/snapshots.md).
#include <framealloc/snapshot.hpp>
#include "diag/json_text.hpp"

#include "diag/device_json.hpp"

#include <cmath>
#include <cstdio>

namespace framealloc {

namespace {

struct Date {
  std::int64_t year;
  unsigned month, day;
};

// Days since 1970-01-01 as a date of the Gregorian calendar: years are counted from March, so that
// the leap day is a year's last (the method of Howard Hinnant's civil_from_days).
Date date_of(std::int64_t days) noexcept {
  days += 719468;  // 0000-03-01
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned month_from_march = (5 * day_of_year + 2) / 153;
  const unsigned day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

class Writer {
 public:
  Writer(const Snapshot& snapshot, unsigned version) : snapshot_(snapshot), version_(version) {}

  std::string write() {
    json_.open_object();
    json_.put("version", version_);
    json_.put("timestamp", snapshot_.timestamp());
    json_.put("frame", snapshot_.frame);
    json_.put("duration_us", snapshot_.duration_us);
    if (extended()) process();
    summary();
    threads();
    tags();
    if (extended()) {
      phases();
      limits();
    }
    flows();
    diagnostics();
    if (extended()) gpu();
    if (version_ >= kSnapshotVersion3) {
      pools();
      handles();
      streaming();
      sites();
    }
    json_.close_object();
    return json_.take();
  }

 private:
  [[nodiscard]] bool extended() const noexcept { return version_ >= kSnapshotVersion2; }

  void process() {
    json_.open_object("units");
    json_.put("bytes", "B");
    json_.put("duration_us", "us");
    json_.put("lifetime", "frames");
    json_.close_object();
    json_.open_object("process");
    json_.put("id", snapshot_.process_id);
    json_.put("name", snapshot_.process_name);
    json_.close_object();
  }
  void summary() {
    const SnapshotSummary& all = snapshot_.summary;
    json_.open_object("summary");
    json_.put("frame_bytes", all.frame_bytes);
    json_.put("pool_bytes", all.pool_bytes);
    json_.put("heap_bytes", all.heap_bytes);
    json_.put("total_bytes", all.total_bytes);
    json_.put("peak_bytes", all.peak_bytes);
    if (extended()) {
      json_.put("reserved_bytes", snapshot_.reserved_bytes);
      json_.put("peak_reserved_bytes", snapshot_.peak_reserved_bytes);
      json_.put("idle_bytes", snapshot_.idle_bytes);
      json_.put("metadata_bytes", snapshot_.metadata_bytes);
      json_.put("allocation_count", snapshot_.allocation_count);
      json_.put("deallocation_count", snapshot_.deallocation_count);
    }
    json_.close_object();
  }
  void threads() {
    json_.open_array("threads");
    for (const SnapshotThread& thread : snapshot_.threads) {
      json_.open_object();
      json_.put("id", thread.id);
      json_.put("name", thread.name);
      json_.put("frame_bytes", thread.frame_bytes);
      json_.put("pool_bytes", thread.pool_bytes);
      json_.put("heap_bytes", thread.heap_bytes);
      json_.put("peak_bytes", thread.peak_bytes);
      if (extended()) json_.put("reserved_bytes", thread.reserved_bytes);
      budget("budget", thread.budget);
      if (extended()) budget("pool_budget", thread.pool_budget);
      json_.close_object();
    }
    json_.close_array();
  }
  void budget(std::string_view key, const std::optional<SnapshotBudget>& budget) {
    if (!budget) return json_.put_null(key);
    json_.open_object(key);
    json_.put("limit", budget->limit);
    json_.put("used", budget->used);
    json_.put("percent", budget->percent());
    json_.close_object();
  }
  void tags() {
    json_.open_array("tags");
    for (const SnapshotTag& tag : snapshot_.tags) {
      json_.open_object();
      json_.put("path", tag.path);
      json_.put("thread", tag.thread);
      json_.put("alloc_kind", kind_name(tag.kind));
      json_.put("alloc_count", tag.alloc_count);
      json_.put("bytes", tag.bytes);
      put_rate("avg_lifetime_frames", tag.avg_lifetime_frames);
      put_rate("promotion_rate", tag.promotion_rate);
      json_.open_array("diagnostics");
      for (const std::string& code : tag.diagnostics) json_.add(code);
      json_.close_array();
      json_.close_object();
    }
    json_.close_array();
  }
  // The schema asks for a number: what could not be measured is 0.
  void put_rate(std::string_view key, double rate) {
    json_.put_decimal(key, std::isfinite(rate) ? rate : 0.0, 2);
  }
  void phases() {
    json_.open_array("phases");
    for (const PhaseStats& phase : snapshot_.phases) {
      json_.open_object();
      json_.put("name", phase.name);
      json_.put("count", phase.count);
      json_.put("bytes_total", phase.bytes_allocated);
      json_.put("bytes_last_frame", phase.last_frame_bytes);
      json_.put("bytes_peak_frame", phase.peak_frame_bytes);
      json_.put("duration_us_total", phase.total_ns / 1000);
      json_.put("duration_us_last_frame", phase.last_frame_ns / 1000);
      json_.put("duration_us_max", phase.max_ns / 1000);
      json_.close_object();
    }
    json_.close_array();
  }
  void limits() {
    json_.open_array("budgets");
    for (const SnapshotLimit& limit : snapshot_.budgets) {
      json_.open_object();
      json_.put("tag", limit.tag);
      json_.put("scope", limit.global ? "global" : "tag");
      json_.put("soft_limit", limit.soft_limit);
      json_.put("hard_limit", limit.hard_limit);
      json_.put("used", limit.used);
      json_.put("peak", limit.peak);
      json_.put("denials", limit.denials);
      json_.close_object();
    }
    json_.close_array();
  }
  void flows() {
    json_.open_object("promotions");
    json_.put("to_pool", snapshot_.promotions.to_pool);
    json_.put("to_heap", snapshot_.promotions.to_heap);
    if (extended()) json_.put("to_scratch", snapshot_.promotions.to_scratch);
    json_.put("failed", snapshot_.promotions.failed);
    json_.close_object();
    json_.open_object("transfers");
    json_.put("pending", snapshot_.transfers.pending);
    json_.put("completed_this_frame", snapshot_.transfers_this_frame);
    if (extended()) json_.put("completed_total", snapshot_.transfers.completed_total);
    json_.close_object();
    json_.open_object("deferred");
    json_.put("queue_depth", snapshot_.deferred.queue_depth);
    json_.put("processed_this_frame", snapshot_.deferred_this_frame);
    if (extended()) json_.put("processed_total", snapshot_.deferred.processed_total);
    json_.close_object();
  }
  void diagnostics() {
    json_.open_array("diagnostics");
    for (const SnapshotDiagnostic& diagnostic : snapshot_.diagnostics) {
      json_.open_object();
      json_.put("code", diagnostic.code);
      if (diagnostic.tag) {
        json_.put("tag", *diagnostic.tag);
      } else {
        json_.put_null("tag");
      }
      json_.put("message", diagnostic.message);
      json_.close_object();
    }
    json_.close_array();
  }

  void gpu() {
    if (snapshot_.devices.empty()) return json_.put_null("gpu");
    json_.open_object("gpu");
    json_.open_array("devices");
    for (const SnapshotDevice& device : snapshot_.devices) {
      json_.open_object();
      json_.put("name", device.name);
      json_.put("frame", device.totals.frame);
      detail::put_totals(json_, device.totals);
      json_.open_array("heaps");
      for (const DeviceHeapFigures& heap : device.heaps) detail::add_heap(json_, heap);
      json_.close_array();
      json_.open_array("tags");
      for (const SnapshotDeviceTag& tag : device.tags) add_device_tag(tag);
      json_.close_array();
      json_.close_object();
    }
    json_.close_array();
    json_.close_object();
  }
  void add_device_tag(const SnapshotDeviceTag& tag) {
    json_.open_object();
    json_.put("path", tag.path);
    json_.put("bytes", tag.bytes);
    json_.put("peak_bytes", tag.peak_bytes);
    json_.put("subtree_bytes", tag.subtree_bytes);
    json_.put("limit", tag.limit);
    json_.put("denials", tag.denials);
    json_.close_object();
  }

  void pools() {
    json_.open_array("pools");
    for (const PoolClassFigures& pool : snapshot_.pools) {
      json_.open_object();
      json_.put("block_bytes", pool.block_bytes);
      json_.put("pages", pool.pages);
      json_.put("blocks", pool.blocks);
      json_.put("free_blocks", pool.free_blocks);
      json_.put("allocations", pool.allocations);
      json_.close_object();
    }
    json_.close_array();
  }
  void handles() {
    if (!snapshot_.handles) return json_.put_null("handles");
    const HandleAllocatorStats& all = *snapshot_.handles;
    json_.open_object("handles");
    json_.put("count", all.active_handles);
    json_.put("bytes", all.total_allocated);
    json_.put("slots", all.total_slots);
    json_.put("relocatable", all.relocatable_count);
    json_.put("pinned", all.pinned_count);
    json_.put("deferred_frees", all.deferred_frees);
    json_.put("chunks", all.chunks);
    json_.put("chunk_bytes", all.chunk_bytes);
    json_.put("hole_bytes", all.hole_bytes);
    json_.put("large_bytes", all.large_bytes);
    json_.put("relocations_total", all.relocation_count);
    json_.put("relocated_bytes_total", all.relocated_bytes);
    json_.close_object();
  }
  void streaming() {
    if (!snapshot_.streaming) return json_.put_null("streaming");
    const StreamingStats& all = *snapshot_.streaming;
    json_.open_object("streaming");
    json_.put("budget", all.budget);
    json_.put("reserved_bytes", all.total_reserved);
    json_.put("loaded_bytes", all.total_loaded);
    json_.put("peak_bytes", all.peak_reserved);
    json_.put("pinned_bytes", all.pinned_bytes);
    json_.put("assets", all.allocation_count);
    json_.put("reserved", all.reserved_count);
    json_.put("loading", all.loading_count);
    json_.put("ready", all.ready_count);
    json_.put("evicting", all.evicting_count);
    json_.put("failed", all.failed_count);
    json_.put("pinned", all.pinned_count);
    json_.put("evictions_total", all.evictions);
    json_.put("evicted_bytes_total", all.evicted_bytes);
    json_.put("denials", all.denied_reserves);
    json_.close_object();
  }
  void sites() {
    json_.open_array("sites");
    for (const SnapshotSite& site : snapshot_.sites) {
      json_.open_object();
      json_.put("file", site.file);
      json_.put("line", site.line);
      json_.put("function", site.function);
      json_.put("type", site.type);
      json_.put("tag", site.tag);
      json_.put("alloc_kind", kind_name(site.kind));
      json_.put("count", site.count);
      json_.put("bytes", site.bytes);
      json_.put("age_frames", site.age_frames);
      json_.close_object();
    }
    json_.close_array();
  }

  const Snapshot& snapshot_;
  unsigned version_;
  JsonText json_;
};

}  // namespace

std::string_view kind_name(AllocKind kind) noexcept {
  switch (kind) {
    case AllocKind::Frame:
      return "frame";
    case AllocKind::Pool:
      return "pool";
    case AllocKind::Heap:
      return "heap";
    case AllocKind::Scratch:
      return "scratch";
  }
  return "frame";
}

std::string Snapshot::timestamp() const {
  constexpr std::int64_t kDay = 86400;
  const std::int64_t days = unix_seconds / kDay - (unix_seconds % kDay < 0 ? 1 : 0);
  const auto second = static_cast<unsigned>(unix_seconds - days * kDay);
  const Date date = date_of(days);
  char text[64];
  std::snprintf(text, sizeof text, "%04lld-%02u-%02uT%02u:%02u:%02uZ",
                static_cast<long long>(date.year), date.month, date.day, second / 3600,
                second / 60 % 60, second % 60);
  return text;
}

std::string Snapshot::to_json(unsigned version) const {
  if (version < SNAPSHOT_VERSION || version > kSnapshotVersion3) return {};
  return Writer(*this, version).write();
}

}  // namespace framealloc
