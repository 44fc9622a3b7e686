// SPDX-License-Identifier: MIT OR Apache-2.0
// How many system calls a steady frame makes, counted by stopping a child at each of them.
#pragma once

#include <cstddef>

#include "../report/results.hpp"

namespace bench {

// Effect: adds "W8/system calls", all calls in `frames` frames of W1/64 after as many to warm up,
// for every peer of W8. Where tracing children is forbidden it adds nothing and says so. Requires:
// this process has no second thread yet.
void count_system_calls(const Rows& rows, std::size_t frames, Results& results);

}  // namespace bench
