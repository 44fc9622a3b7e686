// SPDX-License-Identifier: MIT OR Apache-2.0
// The small types of groups.
#pragma once

#include <framealloc/ids.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>

namespace framealloc {

/// Names a group. Goes stale when the group is freed, and never names another one.
class GroupId {
 public:
  constexpr GroupId() = default;
  constexpr explicit GroupId(GenerationalId id) noexcept : id_(id) {}
  /// Result: whether it names a group at all, which may have been freed.
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return !id_.is_dangling(); }
  [[nodiscard]] constexpr GenerationalId id() const noexcept { return id_; }
  friend constexpr auto operator<=>(const GroupId&, const GroupId&) = default;

 private:
  GenerationalId id_{};
};

/// All groups that live now. Bytes.
struct GroupStats {
  std::size_t total_groups = 0;
  std::size_t total_allocations = 0;
  std::size_t total_bytes = 0;     ///< as asked for
  std::size_t reserved_bytes = 0;  ///< held for them, counted under the tags of their makers
  std::size_t segments = 0;        ///< pieces of memory that this is
  std::uint64_t groups_created = 0;
  std::uint64_t groups_freed = 0;
  std::uint64_t segments_taken = 0;  ///< ever
  std::uint64_t denials = 0;         ///< requests that the budget of a group had no room for
};

}  // namespace framealloc
