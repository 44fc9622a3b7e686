// SPDX-License-Identifier: MIT OR Apache-2.0
// From what the analysis found to what is reported: levels, filters, suppressions, fingerprints.
#pragma once

#include "cli/baseline.hpp"
#include "cli/options.hpp"
#include "report/source_text.hpp"
#include "report/suppressions.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace fa_check {

class Judge {
 public:
  // `base`: the folder that shown paths are relative to.
  Judge(const Options& options, Configs& configs, Sources& sources, std::string base);

  // Result: the finding as it is reported; empty where it is not wanted. Its fingerprint is made
  // when the report is put in order.
  [[nodiscard]] std::optional<Diagnostic> judge(Finding finding);
  // Effect: marks what the baseline knows. Requirement: fingerprints are there.
  void apply_baseline(std::vector<Diagnostic>& diagnostics, const Baseline& baseline) const;
  // Effect: reads the suppressions of a file that was analyzed, so that unused ones are told.
  void look_at(const std::string& file);
  // Result: suppressions that do not count, and, where `all_read`, those that suppress nothing.
  [[nodiscard]] std::vector<Remark> remarks(bool all_read);
  // Result: whether the finding makes the exit code 1.
  [[nodiscard]] bool counts(const Diagnostic& diagnostic);

  // Result: the path as it is shown.
  [[nodiscard]] std::string shown(const std::string& path) const;
  [[nodiscard]] std::string absolute(const std::string& shown) const;

 private:
  [[nodiscard]] const Config& config_for(const std::string& file);
  [[nodiscard]] FileSuppressions& suppressions_of(const std::string& file);
  [[nodiscard]] bool is_excluded(const std::string& file);
  void show_paths(Finding& finding) const;

  const Options& options_;
  Configs& configs_;
  Sources& sources_;
  std::string base_;
  Config fallback_;
  std::map<std::string, FileSuppressions> suppressions_;
};

}  // namespace fa_check
