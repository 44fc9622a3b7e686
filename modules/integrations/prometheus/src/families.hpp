// SPDX-License-Identifier: MIT OR Apache-2.0
// Families of metrics, put together.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace framealloc::prometheus {

using Labels = std::vector<::prometheus::ClientMetric::Label>;

// Adds metrics to the family that was begun last; families without metrics are left out.
class Families {
 public:
  explicit Families(Labels common) : common_(std::move(common)) {}

  void begin_gauge(std::string name, std::string help) {
    begin(std::move(name), std::move(help), ::prometheus::MetricType::Gauge);
  }
  void begin_counter(std::string name, std::string help) {
    begin(std::move(name), std::move(help), ::prometheus::MetricType::Counter);
  }
  template <class Number>
  void add(Number value, Labels labels = {}) {
    ::prometheus::ClientMetric& metric = next(std::move(labels));
    // Exact up to 2^53, as everything in Prometheus.
    (all_.back().type == ::prometheus::MetricType::Counter ? metric.counter.value
                                                           : metric.gauge.value) =
        static_cast<double>(value);
  }
  template <class Number>
  void gauge(std::string name, std::string help, Number value) {
    begin_gauge(std::move(name), std::move(help));
    add(value);
  }
  template <class Number>
  void counter(std::string name, std::string help, Number value) {
    begin_counter(std::move(name), std::move(help));
    add(value);
  }
  // How often something happened, and the sum of its measure.
  void summary(std::string name, std::string help, std::uint64_t count, double sum) {
    begin(std::move(name), std::move(help), ::prometheus::MetricType::Summary);
    ::prometheus::ClientMetric& metric = next({});
    metric.summary.sample_count = count;
    metric.summary.sample_sum = sum;
  }
  [[nodiscard]] std::vector<::prometheus::MetricFamily> take() {
    std::erase_if(all_, [](const ::prometheus::MetricFamily& one) { return one.metric.empty(); });
    return std::move(all_);
  }

 private:
  void begin(std::string name, std::string help, ::prometheus::MetricType type) {
    ::prometheus::MetricFamily& family = all_.emplace_back();
    family.name = std::move(name);
    family.help = std::move(help);
    family.type = type;
  }
  ::prometheus::ClientMetric& next(Labels labels) {
    ::prometheus::ClientMetric& metric = all_.back().metric.emplace_back();
    metric.label = common_;
    metric.label.insert(metric.label.end(), std::make_move_iterator(labels.begin()),
                        std::make_move_iterator(labels.end()));
    return metric;
  }

  Labels common_;
  std::vector<::prometheus::MetricFamily> all_;
};

}  // namespace framealloc::prometheus
