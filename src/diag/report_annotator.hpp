// SPDX-License-Identifier: MIT OR Apache-2.0
// What every report says beyond what its raiser knew.
#pragma once

#include <framealloc/report.hpp>

namespace framealloc::detail {

class Instance;

// Result: whether the code says that a request was denied for want of memory.
[[nodiscard]] bool is_shortage(Code code) noexcept;

// Effect: from now on reports of the instance name their thread and, where memory was short, the
// tag that holds most. Allocates nothing.
void attach_report_annotator(Instance& instance) noexcept;

}  // namespace framealloc::detail
