// SPDX-License-Identifier: MIT OR Apache-2.0
// What one run of the program found out, for the tables, the targets and the plot.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../harness/sampler.hpp"

namespace bench {

// One row after all repetitions. Times are nanoseconds per operation.
struct Figure {
  double median = 0;
  double fastest = 0;
  double quarter = 0;  // lower and upper quartile of the repetitions
  double three_quarters = 0;
  std::size_t repetitions = 0;
  std::size_t quiet = 0;  // repetitions with at least one quiet slice
};

class Results {
 public:
  // Keeps the order of `rows` for tables. Lifetime: `rows` outlives this object.
  explicit Results(const Rows& rows) : rows_(rows) {}
  void add(const Row& row, const Sample& sample);
  void add_instructions(const std::string& workload, const std::string& peer, double per_op);
  // A single value that is no time of a row: "W8/p50", "steady/faults", ...
  void add_value(const std::string& name, const std::string& peer, double value);

  // Result: nothing when the row was not measured.
  [[nodiscard]] std::optional<Figure> figure(const std::string& workload,
                                             const std::string& peer) const;
  [[nodiscard]] std::optional<double> instructions(const std::string& workload,
                                                   const std::string& peer) const;
  [[nodiscard]] std::optional<double> value(const std::string& name, const std::string& peer) const;
  // Result: what was timed, in the order of registration.
  [[nodiscard]] std::vector<std::string> workloads() const;
  [[nodiscard]] std::vector<std::string> peers_of(const std::string& workload) const;
  [[nodiscard]] const std::vector<std::string>& values() const { return value_names_; }
  // Result: every peer that has a value of the same group ("W8" of "W8/p50").
  [[nodiscard]] std::vector<std::string> peers_with_value(const std::string& name) const;

 private:
  using Key = std::pair<std::string, std::string>;

  const Rows& rows_;
  std::map<Key, std::vector<Sample>> samples_;
  std::map<Key, double> instructions_;
  std::map<Key, double> values_;
  std::vector<std::string> value_names_;
  std::map<std::string, std::vector<std::string>> value_peers_;  // by group
};

// Result: the time of the workload's floor, and its name: the fastest hand-written loop that does
// what an allocator must do (raw bump, free list, bare ring, ...).
struct Floor {
  std::string peer;
  double ns = 0;
};
[[nodiscard]] std::optional<Floor> floor_of(const Results& results, const std::string& workload);

// Result: the framealloc row that stands for the workload in ratios to peers.
[[nodiscard]] std::string champion_of(const Results& results, const std::string& workload);

}  // namespace bench
