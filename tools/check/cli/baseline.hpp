// SPDX-License-Identifier: MIT OR Apache-2.0
// Findings that are known and do not count.
#pragma once

#include "report/report.hpp"

#include <set>
#include <string>
#include <vector>

namespace fa_check {

class Baseline {
 public:
  // Effect: reads what `baseline_text` wrote, or a report of --format json. Result: "", or what is
  // wrong with the file.
  [[nodiscard]] std::string read(const std::string& path);
  // Effect: knows these findings from now on.
  void learn(const std::string& path, const std::vector<Diagnostic>& diagnostics);

  [[nodiscard]] bool knows(const std::string& fingerprint) const {
    return fingerprints_.count(fingerprint) != 0;
  }
  [[nodiscard]] const std::set<std::string>& fingerprints() const { return fingerprints_; }
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::set<std::string> fingerprints_;
};

// Result: the findings of the report that count, and those that a baseline knew, as a file that
// can be read again and reviewed.
[[nodiscard]] std::string baseline_text(const std::vector<Diagnostic>& diagnostics);

}  // namespace fa_check
