// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
#include <framealloc/metrics.hpp>
#include <framealloc/prometheus/collector.hpp>

#include "families.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace framealloc::prometheus {

namespace {

// An empty label is none to Prometheus.
std::string tag_label(std::string_view path) {
  return path.empty() ? std::string("(untagged)") : std::string(path);
}

void add_totals(Families& families, const SmartAlloc& alloc) {
  const AllocStats all = alloc.stats();
  const FrameStats frame = alloc.frame_stats();
  families.begin_gauge(metrics::kBytes.name, metrics::kBytes.help);
  families.add(frame.open ? all.frame_allocated : frame.bytes_allocated, {{"kind", "frame"}});
  families.add(all.pool_allocated, {{"kind", "pool"}});
  families.add(all.heap_allocated, {{"kind", "heap"}});
  families.gauge(metrics::kPeakBytes.name, metrics::kPeakBytes.help, all.peak_allocated);
  families.gauge(metrics::kReservedBytes.name, metrics::kReservedBytes.help, all.reserved);
  families.gauge(metrics::kPeakReservedBytes.name, metrics::kPeakReservedBytes.help,
                 all.peak_reserved);
  families.gauge(metrics::kIdleBytes.name, metrics::kIdleBytes.help, all.idle_bytes);
  families.gauge(metrics::kMetadataBytes.name, metrics::kMetadataBytes.help, all.metadata_bytes);
  families.gauge(metrics::kThreads.name, metrics::kThreads.help, all.attached_threads);
  families.counter(metrics::kAllocationsTotal.name, metrics::kAllocationsTotal.help,
                   all.allocation_count);
  families.counter(metrics::kDeallocationsTotal.name, metrics::kDeallocationsTotal.help,
                   all.deallocation_count);
  families.counter("framealloc_slab_refills_total", "Lists of free blocks that had run dry.",
                   all.slab_refill_count);
  families.counter("framealloc_cross_thread_frees_total",
                   "Blocks freed by another thread than the one that owns their page.",
                   all.deferred_free_count);
  families.counter("framealloc_frame_overflows_total",
                   "Frame requests that the arena could not hold.", all.overflow_count);
}

void add_frames(Families& families, const SmartAlloc& alloc) {
  const FrameStats frame = alloc.frame_stats();
  families.counter(metrics::kFramesTotal.name, metrics::kFramesTotal.help, frame.frame_number);
  families.gauge("framealloc_frame_peak_bytes",
                 "Most frame bytes held at once in the frame that is open or ended last.",
                 frame.peak_bytes);
  families.gauge("framealloc_frame_high_water_bytes",
                 "Most frame bytes that each thread held at once in any frame, added up.",
                 frame.high_water);
  if (!alloc.is_lifecycle_tracking_enabled()) return;
  const LifecycleSummary tracked = alloc.lifecycle_summary();
  constexpr double kMicrosecond = 1e-6;
  families.summary("framealloc_frame_duration_seconds", "Time from begin to end of frames.",
                   tracked.total_frames,
                   static_cast<double>(tracked.total_duration_us) * kMicrosecond);
  families.gauge("framealloc_frame_duration_max_seconds", "The longest frame so far.",
                 static_cast<double>(tracked.max_duration_us) * kMicrosecond);
}

void add_tags(Families& families, const SmartAlloc& alloc) {
  const std::vector<TagStats> tags = alloc.all_tag_stats();
  const bool open = alloc.frame_stats().open;
  families.begin_gauge(metrics::kTagBytes.name, metrics::kTagBytes.help);
  for (const TagStats& tag : tags) {
    const std::string name = tag_label(tag.tag);
    families.add(open ? tag.frame_bytes : tag.last_frame_bytes, {{"kind", "frame"}, {"tag", name}});
    families.add(tag.pool_bytes, {{"kind", "pool"}, {"tag", name}});
    families.add(tag.heap_bytes, {{"kind", "heap"}, {"tag", name}});
  }
  families.begin_counter(metrics::kTagAllocationsTotal.name, metrics::kTagAllocationsTotal.help);
  for (const TagStats& tag : tags)
    families.add(tag.allocation_count, {{"tag", tag_label(tag.tag)}});
  families.begin_counter("framealloc_tag_allocated_bytes_total",
                         "Bytes ever allocated under a tag, of all kinds.");
  for (const TagStats& tag : tags) families.add(tag.bytes_allocated, {{"tag", tag_label(tag.tag)}});
}

void add_budgets(Families& families, const BudgetManager& manager) {
  std::vector<TagBudget> budgets = manager.get_all_tag_budgets();
  for (TagBudget& budget : budgets) budget.name = tag_label(budget.name);
  budgets.push_back(manager.get_global_budget());
  budgets.back().name.assign(1, '*');
  families.begin_gauge("framealloc_budget_limit_bytes",
                       "Limit of a budget; tag * is the whole. Absent where there is none.");
  for (const TagBudget& budget : budgets) {
    if (budget.soft_limit != 0) {
      families.add(budget.soft_limit, {{"limit", "soft"}, {"tag", budget.name}});
    }
    if (budget.hard_limit != 0) {
      families.add(budget.hard_limit, {{"limit", "hard"}, {"tag", budget.name}});
    }
  }
  families.begin_gauge("framealloc_budget_used_bytes",
                       "Bytes charged to a budget: held, and what threads keep ready.");
  for (const TagBudget& one : budgets) families.add(one.current_usage, {{"tag", one.name}});
  families.begin_gauge("framealloc_budget_peak_bytes", "Most bytes ever charged to a budget.");
  for (const TagBudget& one : budgets) families.add(one.peak_usage, {{"tag", one.name}});
  families.begin_counter("framealloc_budget_denials_total", "Charges that a budget has denied.");
  for (const TagBudget& one : budgets) families.add(one.denials, {{"tag", one.name}});
}

// One row for each device, heap or tag, read at one go: families are made of columns.
struct Devices {
  struct Heap {
    std::string device;
    DeviceHeapFigures figures;
  };
  struct Tag {
    std::string device, path;
    DeviceTagFigures figures;
  };
  struct Device {
    std::string name;
    DeviceFigures figures;
  };
  std::vector<Device> all;
  std::vector<Heap> heaps;
  std::vector<Tag> tags;

  explicit Devices(const SmartAlloc& alloc) { alloc.visit_devices(*this); }
  void operator()(const DeviceFigures& figures) {
    // Two series of one name would be one to a server.
    const std::string given(figures.device.empty() ? "device" : figures.device);
    std::string name = given;
    for (std::size_t number = 2; is_taken(name); ++number) {
      name = given + " #" + std::to_string(number);
    }
    all.push_back({name, figures});
  }
  void operator()(const DeviceHeapFigures& figures) { heaps.push_back({all.back().name, figures}); }
  void operator()(const DeviceTagFigures& figures) {
    tags.push_back({all.back().name, tag_label(figures.tag), figures});
  }

 private:
  [[nodiscard]] bool is_taken(const std::string& name) const {
    return std::ranges::find(all, name, &Device::name) != all.end();
  }
};

void add_devices(Families& families, const Devices& devices) {
  const auto of_each = [&](auto&& value_of) {
    for (const Devices::Device& one : devices.all) {
      families.add(value_of(one.figures), {{"device", one.name}});
    }
  };
  families.begin_gauge(metrics::kGpuBytes.name, metrics::kGpuBytes.help);
  for (const auto& [name, all] : devices.all) {
    families.add(all.transient_bytes, {{"device", name}, {"kind", "transient"}});
    families.add(all.persistent_bytes, {{"device", name}, {"kind", "persistent"}});
    families.add(all.retired_bytes, {{"device", name}, {"kind", "retired"}});
    families.add(all.padding_bytes, {{"device", name}, {"kind", "padding"}});
    families.add(all.free_bytes, {{"device", name}, {"kind", "free"}});
  }
  families.begin_gauge(metrics::kGpuPeakBytes.name, metrics::kGpuPeakBytes.help);
  of_each([](const DeviceFigures& all) { return all.peak_usage; });
  families.begin_gauge(metrics::kGpuAllocations.name, metrics::kGpuAllocations.help);
  of_each([](const DeviceFigures& all) { return all.allocation_count; });
  families.begin_counter(metrics::kGpuFailedAllocationsTotal.name,
                         metrics::kGpuFailedAllocationsTotal.help);
  of_each([](const DeviceFigures& all) { return all.failed_allocations; });
  families.begin_counter(metrics::kGpuDeviceAllocationsTotal.name,
                         metrics::kGpuDeviceAllocationsTotal.help);
  of_each([](const DeviceFigures& all) { return all.device_allocations; });
  families.begin_counter(metrics::kGpuDeviceFreesTotal.name, metrics::kGpuDeviceFreesTotal.help);
  of_each([](const DeviceFigures& all) { return all.device_frees; });
  families.begin_counter(metrics::kGpuFramesTotal.name, metrics::kGpuFramesTotal.help);
  of_each([](const DeviceFigures& all) { return all.frame; });
}

void add_device_heaps(Families& families, const Devices& devices) {
  const auto add = [&](std::uint64_t value, const Devices::Heap& heap) {
    families.add(value, {{"device", heap.device}, {"heap", std::to_string(heap.figures.heap)}});
  };
  const auto gauge = [&](const Metric& metric, std::size_t DeviceHeapFigures::* value) {
    families.begin_gauge(metric.name, metric.help);
    for (const Devices::Heap& heap : devices.heaps) add(heap.figures.*value, heap);
  };
  gauge(metrics::kGpuHeapSizeBytes, &DeviceHeapFigures::size);
  gauge(metrics::kGpuHeapBudgetBytes, &DeviceHeapFigures::budget);
  families.begin_gauge(metrics::kGpuHeapLimitBytes.name, metrics::kGpuHeapLimitBytes.help);
  for (const Devices::Heap& heap : devices.heaps) {
    if (heap.figures.limit != 0) add(heap.figures.limit, heap);
  }
  gauge(metrics::kGpuHeapReservedBytes, &DeviceHeapFigures::reserved);
  gauge(metrics::kGpuHeapUsedBytes, &DeviceHeapFigures::used);
  gauge(metrics::kGpuHeapExternalBytes, &DeviceHeapFigures::external);
  families.begin_counter(metrics::kGpuHeapDenialsTotal.name, metrics::kGpuHeapDenialsTotal.help);
  for (const Devices::Heap& heap : devices.heaps) add(heap.figures.denials, heap);
}

void add_device_tags(Families& families, const Devices& devices) {
  const auto add = [&](std::uint64_t value, const Devices::Tag& tag) {
    families.add(value, {{"device", tag.device}, {"tag", tag.path}});
  };
  families.begin_gauge(metrics::kGpuTagBytes.name, metrics::kGpuTagBytes.help);
  for (const Devices::Tag& tag : devices.tags) add(tag.figures.bytes, tag);
  families.begin_gauge(metrics::kGpuTagLimitBytes.name, metrics::kGpuTagLimitBytes.help);
  for (const Devices::Tag& tag : devices.tags) {
    if (tag.figures.limit != 0) add(tag.figures.limit, tag);
  }
  families.begin_counter(metrics::kGpuTagDenialsTotal.name, metrics::kGpuTagDenialsTotal.help);
  for (const Devices::Tag& tag : devices.tags) {
    if (tag.figures.limit != 0) add(tag.figures.denials, tag);
  }
}

// Codes that have come up: the others would be fifty zeros.
void add_reports(Families& families, const SmartAlloc& alloc) {
  families.begin_counter("framealloc_reports_total", "Reports by diagnostic code.");
  for (const CodeInfo& info : all_codes()) {
    const std::uint64_t count = alloc.report_count(info.code);
    if (count != 0) families.add(count, {{"code", std::string(info.id)}});
  }
}

}  // namespace

Collector::Collector(const SmartAlloc& alloc, CollectorConfig config)
    : alloc_(alloc), config_(std::move(config)) {}

std::vector<::prometheus::MetricFamily> Collector::Collect() const {
  if (!alloc_) return {};
  Labels common;
  if (!config_.allocator.empty()) common.push_back({"allocator", config_.allocator});
  Families families(std::move(common));
  add_totals(families, alloc_);
  add_frames(families, alloc_);
  if (config_.tags) add_tags(families, alloc_);
  const BudgetManager* const budgets = alloc_.budgets();
  if (budgets != nullptr && config_.budgets) add_budgets(families, *budgets);
  if (config_.devices) {
    const Devices devices(alloc_);
    add_devices(families, devices);
    add_device_heaps(families, devices);
    if (config_.tags) add_device_tags(families, devices);
  }
  add_reports(families, alloc_);
  return families.take();
}

}  // namespace framealloc::prometheus
