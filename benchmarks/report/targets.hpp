// SPDX-License-Identifier: MIT OR Apache-2.0
// The targets of the project, each worked out from the results of the run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results.hpp"

namespace bench {

struct Outcome {
  std::string target;           // "W1/64 arena: instructions"
  std::optional<double> value;  // nothing: not measured in this run
  double bound = 0;
  bool at_most = true;  // else: at least
  [[nodiscard]] bool met() const { return value && (at_most ? *value <= bound : *value >= bound); }
};

[[nodiscard]] std::vector<Outcome> judge(const Results& results);
// Result: the outcomes as a Markdown table with "met", "missed" or "not measured".
[[nodiscard]] std::string targets_table(const Results& results);

}  // namespace bench
