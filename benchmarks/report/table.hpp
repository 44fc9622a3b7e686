// SPDX-License-Identifier: MIT OR Apache-2.0
// The ratio tables.
#pragma once

#include <string>

#include "results.hpp"

namespace bench {

// Result: one Markdown table per group of workloads (W1, W2, ...): a row per peer; per workload the
// median in ns, the ratio to the floor, and how many times faster framealloc is than this peer.
[[nodiscard]] std::string tables(const Results& results);

// Result: one table per group of single values (W8, memory, ...): a row per peer, a column per
// value.
[[nodiscard]] std::string value_tables(const Results& results);

// Result: printf into a string.
[[nodiscard, gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...);

}  // namespace bench
