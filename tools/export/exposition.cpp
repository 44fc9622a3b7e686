// SPDX-License-Identifier: MIT OR Apache-2.0
#include "exposition.hpp"

#include <framealloc/metrics.hpp>

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace fa_export {

namespace metrics = framealloc::metrics;

namespace {

using framealloc::Snapshot;

struct Label {
  std::string_view name;
  std::string_view value;
};
using Labels = std::initializer_list<Label>;

class Exposition {
 public:
  void begin(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_.append("# HELP ").append(name).append(" ").append(help);
    text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
  }
  void add(std::uint64_t value, Labels labels = {}) { add_text(std::to_string(value), labels); }
  void add_text(const std::string& value, Labels labels) {
    text_ += name_;
    const char* separator = "{";
    for (const Label& label : labels) {
      text_.append(separator).append(label.name).append("=\"");
      for (const char c : label.value) {
        if (c == '\n') {
          text_ += "\\n";
          continue;
        }
        if (c == '"' || c == '\\') text_ += '\\';
        text_ += c;
      }
      text_ += '"';
      separator = ",";
    }
    if (labels.size() != 0) text_ += '}';
    text_.append(" ").append(value).append("\n");
  }
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
    begin(name, "gauge", help);
    add(value);
  }
  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    begin(name, "counter", help);
    add(value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

void add_tags(Exposition& out, const Snapshot& snapshot) {
  // One series for each set of labels, however often a program named it.
  using Key = std::pair<std::string, std::string_view>;
  std::map<Key, std::uint64_t> bytes;
  std::map<std::string, std::uint64_t> counts;
  for (const framealloc::SnapshotTag& tag : snapshot.tags) {
    const std::string path = tag.path.empty() ? "(untagged)" : tag.path;
    bytes[{path, framealloc::kind_name(tag.kind)}] += tag.bytes;
    counts[path] += tag.alloc_count;
  }
  if (bytes.empty()) return;
  out.begin(metrics::kTagBytes.name, "gauge", metrics::kTagBytes.help);
  for (const auto& [key, sum] : bytes) out.add(sum, {{"kind", key.second}, {"tag", key.first}});
  out.begin(metrics::kTagAllocationsTotal.name, "counter", metrics::kTagAllocationsTotal.help);
  for (const auto& [path, sum] : counts) out.add(sum, {{"tag", path}});
}

void add_threads(Exposition& out, const Snapshot& snapshot) {
  out.gauge(metrics::kThreads.name, metrics::kThreads.help, snapshot.threads.size());
  if (snapshot.threads.empty()) return;
  out.begin("framealloc_thread_bytes", "gauge", "Bytes that a thread allocated and did not free.");
  for (const framealloc::SnapshotThread& one : snapshot.threads) {
    const auto add = [&](std::string_view kind, std::uint64_t sum) {
      out.add(sum, {{"id", one.id}, {"kind", kind}, {"thread", one.name}});
    };
    add("frame", one.frame_bytes);
    add("pool", one.pool_bytes);
    add("heap", one.heap_bytes);
  }
}

// What version 3 has.
void add_pools(Exposition& out, const Snapshot& snapshot) {
  if (snapshot.pools.empty()) return;
  const auto series = [&](std::string_view name, std::string_view type, std::string_view help,
                          auto&& value) {
    out.begin(name, type, help);
    std::map<std::size_t, std::uint64_t> sums;  // one series for each size, however often named
    for (const framealloc::PoolClassFigures& pool : snapshot.pools) {
      sums[pool.block_bytes] += value(pool);
    }
    for (const auto& [size, sum] : sums) out.add(sum, {{"block_bytes", std::to_string(size)}});
  };
  using Pool = framealloc::PoolClassFigures;
  series("framealloc_pool_pages", "gauge", "Pages of a size class.",
         [](const Pool& pool) { return pool.pages; });
  series("framealloc_pool_room_bytes", "gauge", "Bytes of blocks in the pages of a size class.",
         [](const Pool& pool) { return pool.blocks * pool.block_bytes; });
  series("framealloc_pool_free_bytes", "gauge", "Of these, bytes of blocks that are free again.",
         [](const Pool& pool) { return pool.free_blocks * pool.block_bytes; });
  series("framealloc_pool_allocations_total", "counter", "Allocations of a size class.",
         [](const Pool& pool) { return pool.allocations; });
}

void add_parts(Exposition& out, const Snapshot& snapshot) {
  if (snapshot.handles) {
    out.gauge("framealloc_handles", "Relocatable objects alive.", snapshot.handles->active_handles);
    out.gauge("framealloc_handle_bytes", "Bytes of relocatable objects.",
              snapshot.handles->total_allocated);
    out.gauge("framealloc_handle_hole_bytes", "Free bytes between relocatable objects.",
              snapshot.handles->hole_bytes);
  }
  if (snapshot.streaming) {
    out.gauge("framealloc_streaming_budget_bytes", "Budget of streaming; 0 is none.",
              snapshot.streaming->budget);
    out.gauge("framealloc_streaming_reserved_bytes", "Bytes reserved for assets.",
              snapshot.streaming->total_reserved);
    out.gauge("framealloc_streaming_loaded_bytes", "Bytes of assets that have been loaded.",
              snapshot.streaming->total_loaded);
    out.counter("framealloc_streaming_evictions_total", "Assets evicted.",
                snapshot.streaming->evictions);
    out.counter("framealloc_streaming_denials_total", "Reserves that were denied.",
                snapshot.streaming->denied_reserves);
  }
}

// The figures of all devices, metric by metric. A file may name one twice: it is added up.
class DeviceSeries {
 public:
  explicit DeviceSeries(Exposition& out) : out_(out) {}
  using Key = std::vector<std::string>;  // values of the labels, the device first
  using Sums = std::map<Key, std::uint64_t>;

  void write(const framealloc::Metric& metric, std::string_view type, std::string_view second,
             const Sums& sums) {
    if (sums.empty()) return;
    out_.begin(metric.name, type, metric.help);
    for (const auto& [key, sum] : sums) {
      if (key.size() == 1) {
        out_.add(sum, {{"device", key[0]}});
      } else {
        out_.add(sum, {{"device", key[0]}, {second, key[1]}});
      }
    }
  }

 private:
  Exposition& out_;
};

void add_device_totals(DeviceSeries& out, const Snapshot& snapshot) {
  using Sums = DeviceSeries::Sums;
  Sums bytes, peak, live, failed, device_allocations, device_frees, frames;
  for (const framealloc::SnapshotDevice& device : snapshot.devices) {
    const framealloc::DeviceFigures& all = device.totals;
    bytes[{device.name, "transient"}] += all.transient_bytes;
    bytes[{device.name, "persistent"}] += all.persistent_bytes;
    bytes[{device.name, "retired"}] += all.retired_bytes;
    bytes[{device.name, "padding"}] += all.padding_bytes;
    bytes[{device.name, "free"}] += all.free_bytes;
    peak[{device.name}] += all.peak_usage;
    live[{device.name}] += all.allocation_count;
    failed[{device.name}] += all.failed_allocations;
    device_allocations[{device.name}] += all.device_allocations;
    device_frees[{device.name}] += all.device_frees;
    frames[{device.name}] += all.frame;
  }
  out.write(metrics::kGpuBytes, "gauge", "kind", bytes);
  out.write(metrics::kGpuPeakBytes, "gauge", {}, peak);
  out.write(metrics::kGpuAllocations, "gauge", {}, live);
  out.write(metrics::kGpuFailedAllocationsTotal, "counter", {}, failed);
  out.write(metrics::kGpuDeviceAllocationsTotal, "counter", {}, device_allocations);
  out.write(metrics::kGpuDeviceFreesTotal, "counter", {}, device_frees);
  out.write(metrics::kGpuFramesTotal, "counter", {}, frames);
}

void add_device_heaps(DeviceSeries& out, const Snapshot& snapshot) {
  using Sums = DeviceSeries::Sums;
  Sums size, budget, limit, reserved, used, external, denials;
  for (const framealloc::SnapshotDevice& device : snapshot.devices) {
    for (const framealloc::DeviceHeapFigures& heap : device.heaps) {
      const DeviceSeries::Key key{device.name, std::to_string(heap.heap)};
      size[key] += heap.size;
      budget[key] += heap.budget;
      if (heap.limit != 0) limit[key] += heap.limit;
      reserved[key] += heap.reserved;
      used[key] += heap.used;
      external[key] += heap.external;
      denials[key] += heap.denials;
    }
  }
  out.write(metrics::kGpuHeapSizeBytes, "gauge", "heap", size);
  out.write(metrics::kGpuHeapBudgetBytes, "gauge", "heap", budget);
  out.write(metrics::kGpuHeapLimitBytes, "gauge", "heap", limit);
  out.write(metrics::kGpuHeapReservedBytes, "gauge", "heap", reserved);
  out.write(metrics::kGpuHeapUsedBytes, "gauge", "heap", used);
  out.write(metrics::kGpuHeapExternalBytes, "gauge", "heap", external);
  out.write(metrics::kGpuHeapDenialsTotal, "counter", "heap", denials);
}

void add_device_tags(DeviceSeries& out, const Snapshot& snapshot) {
  using Sums = DeviceSeries::Sums;
  Sums bytes, limit, denials;
  for (const framealloc::SnapshotDevice& device : snapshot.devices) {
    for (const framealloc::SnapshotDeviceTag& tag : device.tags) {
      const DeviceSeries::Key key{device.name, tag.path.empty() ? "(untagged)" : tag.path};
      bytes[key] += tag.bytes;
      if (tag.limit == 0) continue;
      limit[key] += tag.limit;
      denials[key] += tag.denials;
    }
  }
  out.write(metrics::kGpuTagBytes, "gauge", "tag", bytes);
  out.write(metrics::kGpuTagLimitBytes, "gauge", "tag", limit);
  out.write(metrics::kGpuTagDenialsTotal, "counter", "tag", denials);
}

}  // namespace

std::string to_prometheus(const fa_formats::SnapshotFile& file) {
  const Snapshot& snapshot = file.snapshot;
  Exposition out;
  out.begin("framealloc_snapshot_timestamp_seconds", "gauge",
            "When the snapshot was made, since 1970.");
  out.add_text(std::to_string(snapshot.unix_seconds), {});
  out.begin(metrics::kBytes.name, "gauge", metrics::kBytes.help);
  out.add(snapshot.summary.frame_bytes, {{"kind", "frame"}});
  out.add(snapshot.summary.pool_bytes, {{"kind", "pool"}});
  out.add(snapshot.summary.heap_bytes, {{"kind", "heap"}});
  out.gauge(metrics::kPeakBytes.name, metrics::kPeakBytes.help, snapshot.summary.peak_bytes);
  out.counter(metrics::kFramesTotal.name, metrics::kFramesTotal.help, snapshot.frame);
  if (file.extended()) {
    out.gauge(metrics::kReservedBytes.name, metrics::kReservedBytes.help, snapshot.reserved_bytes);
    out.gauge(metrics::kPeakReservedBytes.name, metrics::kPeakReservedBytes.help,
              snapshot.peak_reserved_bytes);
    out.gauge(metrics::kIdleBytes.name, metrics::kIdleBytes.help, snapshot.idle_bytes);
    out.gauge(metrics::kMetadataBytes.name, metrics::kMetadataBytes.help, snapshot.metadata_bytes);
    out.counter(metrics::kAllocationsTotal.name, metrics::kAllocationsTotal.help,
                snapshot.allocation_count);
    out.counter(metrics::kDeallocationsTotal.name, metrics::kDeallocationsTotal.help,
                snapshot.deallocation_count);
  }
  add_threads(out, snapshot);
  add_tags(out, snapshot);
  add_pools(out, snapshot);
  add_parts(out, snapshot);
  DeviceSeries devices(out);
  add_device_totals(devices, snapshot);
  add_device_heaps(devices, snapshot);
  add_device_tags(devices, snapshot);
  return out.take();
}

}  // namespace fa_export
