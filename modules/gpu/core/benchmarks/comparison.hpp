// SPDX-License-Identifier: MIT OR Apache-2.0
// Peers measured against each other.
#pragma once

#include "peer.hpp"

#include <memory>
#include <vector>

namespace bench {

using Peers = std::vector<std::unique_ptr<Peer>>;

/// Effect: runs every peer in turn, `rounds` times, and prints the median of nanoseconds a pair of
/// allocation and free, and the median of each round's ratio of the first peer to the others.
void compare(Peers& peers, const Workload& workload, int rounds);

/// Result: whether all peers did the same work, and none went wrong.
[[nodiscard]] bool same_work(Peers& peers, const Workload& workload);

}  // namespace bench
