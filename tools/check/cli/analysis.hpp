// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads the units of a run and makes its report.
#pragma once

#include "cli/baseline.hpp"
#include "cli/cache.hpp"
#include "cli/discovery.hpp"
#include "cli/judge.hpp"
#include "cli/workers.hpp"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace fa_check {

class Analysis {
 public:
  struct Counts {
    unsigned functions = 0, gave_up = 0;
  };

  // `base`: the current folder.
  Analysis(const Options& options, const std::string& base);

  // Lines of --format ndjson go here as soon as they are known.
  void on_line(std::function<void(const std::string&)> put) { put_line_ = std::move(put); }
  // Effect: makes the report. Result: "", or why there can be none.
  [[nodiscard]] std::string run();
  // Effect: the findings of this run are known from now on.
  void learn_baseline(const std::string& file);

  [[nodiscard]] Report& report() { return report_; }
  [[nodiscard]] Sources& sources() { return sources_; }
  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] bool counts_against(const Diagnostic& found) { return judge_.counts(found); }
  [[nodiscard]] std::string absolute(const std::string& file) const {
    return judge_.absolute(file);
  }
  // Result: ": " and the likely reason why no unit was there to be read.
  [[nodiscard]] std::string why_nothing() const;
  // Result: the configuration and the command of a file, for people.
  [[nodiscard]] std::string describe(const std::string& file);

 private:
  [[nodiscard]] std::string make_jobs();
  void analyze_all();
  // Result: whether to go on.
  bool take(std::size_t unit, WorkerOutcome&& outcome, bool cached);
  void take_result(const Unit& unit, UnitResult&& result, FileReport& file);
  void report_file(const Unit& unit, FileReport file);
  void finish();
  void stream(const std::string& file);
  void emit(std::vector<Diagnostic> diagnostics);
  void note_unread_headers();

  const Options& options_;
  std::string base_;
  Configs configs_;
  Sources sources_;
  Judge judge_;
  ResultCache cache_;
  Baseline baseline_;
  Discovery discovery_;
  std::vector<WorkerJob> jobs_;
  std::vector<bool> done_;
  std::vector<Diagnostic> found_;  // as they come
  std::set<std::string> read_;     // headers that some unit read
  std::set<std::string> emitted_;
  Report report_;
  Counts counts_;
  std::size_t finished_ = 0;
  std::function<void(const std::string&)> put_line_;
};

}  // namespace fa_check
