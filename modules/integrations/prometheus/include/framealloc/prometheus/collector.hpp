// SPDX-License-Identifier: MIT OR Apache-2.0
// The figures of an allocator as metrics that Prometheus scrapes.
#pragma once

#include <framealloc/smart_alloc.hpp>

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace framealloc::prometheus {

struct CollectorConfig {
  // Not empty: the label `allocator` of every metric, for programs that have several.
  std::string allocator = {};
  bool tags = true;     // framealloc_tag_..., framealloc_gpu_tag_...
  bool budgets = true;  // framealloc_budget_...; only where AllocConfig::enable_budgets is set
  bool devices = true;  // framealloc_gpu_...; only where a module has registered devices
};

// Register it with an Exposer, or call Collect() and serialize what it returns. Nothing is counted
// for it: a scrape reads the statistics that the allocator keeps anyway, and costs what stats() and
// a tag_stats() for each tag cost. It shares the allocator. docs/exporters.md lists the metrics.
// Thread contract: any thread.
class Collector final : public ::prometheus::Collectable {
 public:
  explicit Collector(const SmartAlloc& alloc, CollectorConfig config = {});

  // Result: every family has a help text and at least one metric, in bytes and seconds. No families
  // for an allocator that could not be made. Throws std::bad_alloc, as the library whose interface
  // it is.
  [[nodiscard]] std::vector<::prometheus::MetricFamily> Collect() const override;

 private:
  SmartAlloc alloc_;
  CollectorConfig config_;
};

}  // namespace framealloc::prometheus
