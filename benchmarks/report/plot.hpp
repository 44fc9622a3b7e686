// SPDX-License-Identifier: MIT OR Apache-2.0
// The picture of a run: one panel of bars per workload, written as SVG.
#pragma once

#include <string>

#include "results.hpp"

namespace bench {

// Result: an SVG document; nanoseconds per operation on a logarithmic axis, the floor as a line.
[[nodiscard]] std::string plot(const Results& results);

}  // namespace bench
