// SPDX-License-Identifier: MIT OR Apache-2.0
// What a run of fa check has to say: the value that every format renders.
#pragma once

#include "model/finding.hpp"
#include "report/codes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fa_check {

enum class SuppressionKind { Inline, Config, Baseline };

// Why a finding does not count, and where that is written.
struct Suppression {
  SuppressionKind kind = SuppressionKind::Inline;
  std::string reason;
  std::string file;
  unsigned line = 0;
};

// A finding as it is reported. Paths in it are as they are shown.
struct Diagnostic {
  Finding finding;
  Severity severity = Severity::Warning;
  bool denied = false;
  std::string line_text;         // of the source, for excerpts
  std::string line_fingerprint;  // of everything but the how-manieth
  std::string fingerprint;
  std::optional<Suppression> suppression;
};

enum class FileStatus { Analysed, Cached, Skipped, Failed, Timeout };

struct FileReport {
  std::string file;
  FileStatus status = FileStatus::Analysed;
  std::string reason;  // why it was not read, or whose command was guessed
  std::uint64_t ms = 0;
};

// Something that was taken for granted or not looked at.
struct Remark {
  std::string kind;  // "limit", "opaque", "suppression"
  std::string file;
  unsigned line = 0;
  std::string function;
  std::string message;
};

struct Summary {
  unsigned analysed = 0, cached = 0, skipped = 0, failed = 0;
  unsigned errors = 0, warnings = 0, hints = 0, suppressed = 0;
  std::uint64_t ms = 0;
};

struct Report {
  std::string version;  // of this tool
  std::string llvm;
  std::vector<FileReport> files;        // sorted
  std::vector<Diagnostic> diagnostics;  // sorted
  std::vector<Remark> assumptions;      // sorted
  Summary summary;
};

[[nodiscard]] std::string_view to_string(FileStatus status);
[[nodiscard]] std::string_view to_string(SuppressionKind kind);

// Effect: sorts everything, drops what is there twice, numbers findings on equal lines and makes
// their fingerprints.
void put_in_order(Report& report);
// Effect: counts files and findings into the summary; `ms` stays.
void count(Report& report);

}  // namespace fa_check
