// SPDX-License-Identifier: MIT OR Apache-2.0
// One run of fa check.
#pragma once

#include "cli/options.hpp"

namespace fa_check {

// Effect: analyzes and writes the report. Result: the exit code.
[[nodiscard]] int run_check(const Options& options);
// Effect: everything about one file, suppressed findings too. Result: the exit code, which findings
// do not change.
[[nodiscard]] int run_show(const Options& options);
// Effect: writes a .fa.toml with every default.
[[nodiscard]] int run_init(const Options& options);
// Effect: joins the reports of shards.
[[nodiscard]] int run_merge(const Options& options);

// Effect: "fa check: WHAT" on stderr.
void tell(std::string_view what);
// Effect: writes the report to the file of --output, or to stdout. Result: whether that worked.
[[nodiscard]] bool put_report(const Options& options, const std::string& text);

}  // namespace fa_check
