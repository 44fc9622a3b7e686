// SPDX-License-Identifier: MIT OR Apache-2.0
// Suppressions in the source: fa:allow(FA602): reason, fa:allow-file, fa:allow-begin, fa:allow-end.
#pragma once

#include "report/report.hpp"
#include "report/source_text.hpp"

#include <optional>
#include <string>
#include <vector>

namespace fa_check {

// One fa:allow of a file.
struct InlineSuppression {
  std::vector<unsigned> codes;
  std::string written;  // what stands in the parentheses
  std::string reason;
  unsigned line = 0;             // of the comment
  unsigned first = 0, last = 0;  // lines that it covers
  bool used = false;
};

class FileSuppressions {
 public:
  FileSuppressions() = default;
  // `file` is for the remarks about those that do not count.
  FileSuppressions(const SourceText& source, const std::string& file, bool require_reason);

  // Effect: the suppression counts as used. Result: the one that covers the finding.
  [[nodiscard]] std::optional<Suppression> find(unsigned code, unsigned line);
  // Those without a reason, with an unknown code, and ends without a begin.
  [[nodiscard]] const std::vector<Remark>& faults() const { return faults_; }
  // One remark for each that suppressed nothing. `looked_at` says whether a code was looked for.
  template <class LookedAt>
  [[nodiscard]] std::vector<Remark> unused(LookedAt&& looked_at) const {
    std::vector<Remark> remarks;
    for (const InlineSuppression& entry : entries_) {
      bool all = true;
      for (const unsigned code : entry.codes) all = all && looked_at(code);
      if (!entry.used && all) remarks.push_back(unused_remark(entry));
    }
    return remarks;
  }

 private:
  void read(std::string_view text, unsigned line, bool alone, const SourceText& source,
            bool require_reason);
  void fault(unsigned line, std::string message);
  [[nodiscard]] Remark unused_remark(const InlineSuppression& entry) const;

  std::string file_;
  std::vector<InlineSuppression> entries_;
  std::vector<InlineSuppression> open_;  // fa:allow-begin without its end so far
  std::vector<Remark> faults_;
};

}  // namespace fa_check
