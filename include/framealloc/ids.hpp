// SPDX-License-Identifier: MIT OR Apache-2.0
// Small names for things that tables hold.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace framealloc {

/// Index of a tag in its allocator's table; 0 is "untagged".
enum class TagId : std::uint16_t { Untagged = 0 };
/// A tag that was resolved once, see SmartAlloc::tag().
using Tag = TagId;

namespace detail {
// Tags that one allocator can have, Untagged included: the size of every table by tag.
inline constexpr std::size_t kMaxTags = 1024;

// The tag at `index` of the tables by tag.
[[nodiscard]] constexpr TagId tag_at(std::size_t index) noexcept {
  return static_cast<TagId>(static_cast<std::uint16_t>(index));
}
}  // namespace detail

/// What a block's lifetime was declared to be.
enum class AllocKind : std::uint8_t { Frame, Pool, Heap, Scratch };
inline constexpr int kAllocKinds = 4;

/// Number of a thread, given when the thread first uses any allocator; never reused in a process.
struct ThreadId {
  std::uint64_t value = 0;
  friend constexpr auto operator<=>(const ThreadId&, const ThreadId&) = default;
};

/// Index and generation in 32 bits each: an id that went stale is told from its slot's next owner.
struct GenerationalId {
  std::uint32_t index = UINT32_MAX;
  std::uint32_t generation = 0;
  friend constexpr auto operator<=>(const GenerationalId&, const GenerationalId&) = default;
  [[nodiscard]] constexpr bool is_dangling() const noexcept { return generation == 0; }
};

}  // namespace framealloc
