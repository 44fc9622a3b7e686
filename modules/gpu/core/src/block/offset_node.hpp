// SPDX-License-Identifier: MIT OR Apache-2.0
// What is known of one range.
#pragma once

#include <cstdint>

namespace framealloc::gpu::detail {

/// A range and the free region in front of it, which may be empty. So there is one node for each
/// range that was handed out, plus one for the end, no two free regions touch, and freeing a range
/// is adding up three numbers in the node behind it.
struct OffsetNode {
  std::uint64_t offset;      ///< where the range begins; kNoOffset while the node is not in use
  std::uint64_t gap;         ///< units of the free region, which ends at `offset`
  OffsetNode* prev;          ///< the range before
  OffsetNode* next;          ///< the range behind; of a node that is not in use, another such node
  OffsetNode* bin_next;      ///< in the list of the gap's size class, if it is not empty
  OffsetNode** bin_link;     ///< what points to this node there: the list, or another's bin_next
  std::uint32_t id : 30;     ///< in the store
  std::uint32_t kind : 2;    ///< a bit for OffsetKind; 0 for the end
  std::uint32_t generation;  ///< changes whenever the range goes
};
static_assert(sizeof(OffsetNode) == 56, "what a range costs is documented");

}  // namespace framealloc::gpu::detail
