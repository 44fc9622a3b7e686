// SPDX-License-Identifier: MIT OR Apache-2.0
// What is measured.
#pragma once

#include "peer.hpp"

#include <vector>

namespace bench {

/// Result: the workloads: ranges of 256 B to 16 KiB, aligned to 256 B, the same in every run.
[[nodiscard]] std::vector<Workload> make_workloads();

}  // namespace bench
