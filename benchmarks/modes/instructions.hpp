// SPDX-License-Identifier: MIT OR Apache-2.0
// --instr: runs rows between marks that callgrind understands.
#pragma once

#include <cstddef>
#include <string_view>

#include "../harness/case.hpp"

namespace bench {

// Effect: warms each row whose workload and peer match, then runs `rounds` rounds of it with
// callgrind's collection switched on, and dumps the count under the row's name. Prints one line per
// row: name, tab, operations run. Without callgrind it prints a hint and counts nothing.
// Result: the number of rows that matched.
[[nodiscard]] int run_for_instructions(const Rows& rows, std::string_view workload,
                                       std::string_view peer, std::size_t rounds);

}  // namespace bench
