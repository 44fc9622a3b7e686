// SPDX-License-Identifier: MIT OR Apache-2.0
// Who still holds pool and heap memory.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc {

namespace detail {
class Instance;
}

/// Blocks of one kind that were allocated under one tag at one place.
struct LeakGroup {
  std::string tag;  ///< path, "" when untagged
  AllocKind kind = AllocKind::Pool;
  /// Of the allocator that holds them: "pool", "heap", "handles", "streaming", "groups", "scratch".
  /// The last four know no places, types and ages.
  std::string_view part;
  CallSite site;            ///< unknown below check level 1
  std::string type;         ///< as the compiler spells it, "" when unknown
  std::uint64_t count = 0;  ///< blocks; 0 below check level 1, where only bytes are known
  std::size_t bytes = 0;    ///< as asked for; below check level 1 as reserved, rounding included
  std::uint64_t oldest_frame = 0;  ///< in which the oldest was allocated
  bool aged = false;               ///< whether that frame is known
};

struct FRAMEALLOC_API LeakReport {
  std::vector<LeakGroup> groups;  ///< most bytes first
  std::uint64_t frame = 0;        ///< at which the report was made
  std::size_t total_bytes = 0;
  std::uint64_t total_count = 0;
  [[nodiscard]] bool empty() const noexcept { return total_bytes == 0; }
  /// Result: a line for each group: bytes, blocks, part, type, tag, place, age.
  [[nodiscard]] std::string to_string() const;
  /// Result: one JSON object: "schema" ("framealloc.leaks.v1"), "frame", "total_bytes",
  /// "total_count", and "groups", each with "part", "tag", "type", "file", "function" (null where
  /// unknown), "line" (0 where unknown), "count", "bytes" and "age_frames" (null where unknown).
  [[nodiscard]] std::string to_json() const;
};

/// Effect: none. Thread contract: exact if no other thread allocates or frees during the call.
[[nodiscard]] LeakReport make_leak_report(detail::Instance& instance);

namespace detail {
// Effect: reports (FA007) each group of what is still in use, collected before the first report.
// Uses no memory but the allocator's bookkeeping and the stack.
void report_leaks(Instance& instance) noexcept;
}  // namespace detail

}  // namespace framealloc
