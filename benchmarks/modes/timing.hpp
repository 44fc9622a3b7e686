// SPDX-License-Identifier: MIT OR Apache-2.0
// The default mode: every row is a Google Benchmark, whose repetitions are interleaved at random.
#pragma once

#include "../harness/case.hpp"

namespace bench {

// Effect: measures, prints the tables, writes the files that the arguments name. Result: the exit
// status; 2 after printing `usage` for an argument that nobody knows.
[[nodiscard]] int run_timing(const Rows& rows, int argc, char** argv, const char* usage);

}  // namespace bench
