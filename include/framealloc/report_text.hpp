// SPDX-License-Identifier: MIT OR Apache-2.0
// A report as the lines that a person reads.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/report.hpp>
#include <framealloc/text.hpp>

namespace framealloc {

using ReportText = Text<2048>;

/// Result: "[framealloc][FA310] warning: message", then a line each, indented, for what is known of
/// place, tag, frame, thread, sizes, who holds most and address, then what the code means and what
/// helps. A long message is cut so that the rest always follows. Allocates nothing.
/// Thread contract: any thread.
[[nodiscard]] FRAMEALLOC_API ReportText format_report(const Report& report) noexcept;

}  // namespace framealloc
