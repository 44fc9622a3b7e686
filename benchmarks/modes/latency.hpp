// SPDX-License-Identifier: MIT OR Apache-2.0
// W8: not how fast on average, but how evenly. Every frame of W1/64 is timed on its own.
#pragma once

#include <cstddef>

#include "../report/progress.hpp"
#include "../report/results.hpp"

namespace bench {

// Result: whether W8 has a row for the peer: one of each kind, the rest would only lengthen the
// run.
[[nodiscard]] bool has_latency_row(const Row& row);

// Effect: runs `frames` frames per peer, in blocks of about a quarter of a millisecond that take
// turns, and adds the values "W8/p50", "W8/p99", "W8/p99.9", "W8/max" in ns, "W8/faults", page
// faults in all frames, and "W8/blocks left out", the share of blocks during which the scheduler
// took the processor away or the canary ran slowly; those say nothing about the peer.
void run_latency(const Rows& rows, std::size_t frames, Results& results, Progress& progress);

}  // namespace bench
