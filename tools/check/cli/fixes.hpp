// SPDX-License-Identifier: MIT OR Apache-2.0
// Applying fixes, or showing them as a unified diff.
#pragma once

#include "report/report.hpp"
#include "report/source_text.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace fa_check {

// What fixes make of one file.
struct FixedFile {
  std::string file;  // as shown
  std::string before, after;
  std::vector<Edit> edits;  // in order
};

struct FixPlan {
  std::vector<FixedFile> files;
  unsigned applied = 0;
  unsigned left_out = 0;  // those that overlap one before them, or whose place is not there
};

// Result: what the fixes of all findings that count do. A fix is taken whole or not at all.
[[nodiscard]] FixPlan plan_fixes(const std::vector<Diagnostic>& diagnostics, Sources& sources,
                                 const std::function<std::string(const std::string&)>& absolute);

// Result: the change as `patch` reads it, with three lines around.
[[nodiscard]] std::string unified_diff(const FixedFile& file);

}  // namespace fa_check
