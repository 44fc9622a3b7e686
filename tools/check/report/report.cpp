// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/report.hpp"

#include "report/hash.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace fa_check {

namespace {

auto place(const Diagnostic& diagnostic) {
  const Finding& finding = diagnostic.finding;
  return std::tie(finding.file, finding.line, finding.column, finding.code, finding.function,
                  finding.message);
}

// The same line of a template or a header, seen by several units, is one finding, whatever the
// instantiation is called.
bool same(const Diagnostic& a, const Diagnostic& b) {
  return a.finding.file == b.finding.file && a.finding.line == b.finding.line &&
         a.finding.column == b.finding.column && a.finding.code == b.finding.code;
}

auto key(const Remark& remark) {
  return std::tie(remark.file, remark.line, remark.kind, remark.function, remark.message);
}

}  // namespace

std::string_view to_string(FileStatus status) {
  switch (status) {
    case FileStatus::Analysed:
      return "analysed";
    case FileStatus::Cached:
      return "cached";
    case FileStatus::Skipped:
      return "skipped";
    case FileStatus::Failed:
      return "failed";
    case FileStatus::Timeout:
      return "timeout";
  }
  return "failed";
}

std::string_view to_string(SuppressionKind kind) {
  switch (kind) {
    case SuppressionKind::Inline:
      return "inline";
    case SuppressionKind::Config:
      return "config";
    case SuppressionKind::Baseline:
      return "baseline";
  }
  return "inline";
}

void put_in_order(Report& report) {
  auto& found = report.diagnostics;
  std::sort(found.begin(), found.end(),
            [](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  std::map<std::string, std::uint64_t> seen;
  for (Diagnostic& diagnostic : found) {
    const std::uint64_t which = seen[diagnostic.line_fingerprint]++;
    diagnostic.fingerprint = Hash().add(diagnostic.line_fingerprint).add(which).text();
  }

  auto& files = report.files;
  // Of one file that was read and also skipped, say, the reading counts.
  std::sort(files.begin(), files.end(), [](const FileReport& a, const FileReport& b) {
    return std::tie(a.file, a.status) < std::tie(b.file, b.status);
  });
  files.erase(
      std::unique(files.begin(), files.end(),
                  [](const FileReport& a, const FileReport& b) { return a.file == b.file; }),
      files.end());

  auto& remarks = report.assumptions;
  std::sort(remarks.begin(), remarks.end(),
            [](const Remark& a, const Remark& b) { return key(a) < key(b); });
  remarks.erase(std::unique(remarks.begin(), remarks.end(),
                            [](const Remark& a, const Remark& b) { return key(a) == key(b); }),
                remarks.end());
}

void count(Report& report) {
  Summary sum;
  sum.ms = report.summary.ms;
  for (const FileReport& file : report.files) {
    switch (file.status) {
      case FileStatus::Analysed:
        ++sum.analysed;
        break;
      case FileStatus::Cached:
        ++sum.cached;
        break;
      case FileStatus::Skipped:
        ++sum.skipped;
        break;
      case FileStatus::Failed:
      case FileStatus::Timeout:
        ++sum.failed;
        break;
    }
  }
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (diagnostic.suppression) {
      ++sum.suppressed;
    } else if (diagnostic.severity == Severity::Error) {
      ++sum.errors;
    } else if (diagnostic.severity == Severity::Warning) {
      ++sum.warnings;
    } else {
      ++sum.hints;
    }
  }
  report.summary = sum;
}

}  // namespace fa_check
