// SPDX-License-Identifier: MIT OR Apache-2.0
// What is known of one range.
#pragma once

#include <cstdint>

namespace framealloc::gpu::detail {

/// A range and the free region in front of it, which may be empty. So there is one node for each
/// range that was handed out, plus one for the end, no two free regions touch, and freeing a range
/// is adding up three numbers in the node behind it.
struct OffsetNode {
  std::uint64_t offset;   ///< where the range begins; kNoOffset while the node is not in use
  std::uint64_t gap;      ///< units of the free region, which ends at `offset`
  OffsetNode* prev;       ///< the range before
  OffsetNode* next;       ///< the range behind; of a node that is not in use, another such node
  OffsetNode* bin_next;   ///< in the list of the gap's size class, if it is not empty
  OffsetNode** bin_link;  ///< what points to this node there: the list, or another's bin_next
  /// From the lowest bit: its number in the store, a bit for OffsetKind (0 for the end), and the
  /// generation, which changes whenever the range goes. One word, since all three are read together
  /// right after one of them was written, and a processor waits where the parts differ in width.
  std::uint64_t name;

  static constexpr std::uint32_t kMostIds = 0x3FFFFFFF;
  [[nodiscard]] static constexpr std::uint64_t name_of(std::uint32_t id,
                                                       std::uint32_t generation) noexcept {
    return std::uint64_t{generation} << 32 | id;
  }
  [[nodiscard]] std::uint32_t id() const noexcept {
    return static_cast<std::uint32_t>(name) & kMostIds;
  }
  [[nodiscard]] std::uint32_t kind() const noexcept {
    return static_cast<std::uint32_t>(name) >> 30;
  }
  [[nodiscard]] std::uint32_t generation() const noexcept {
    return static_cast<std::uint32_t>(name >> 32);
  }
  void set_kind(std::uint32_t kind) noexcept {
    name = (name & ~(std::uint64_t{3} << 30)) | std::uint64_t{kind & 3} << 30;
  }
  void count_generation() noexcept { name += std::uint64_t{1} << 32; }
};
static_assert(sizeof(OffsetNode) == 56, "what a range costs is documented");

}  // namespace framealloc::gpu::detail
