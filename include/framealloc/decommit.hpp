// SPDX-License-Identifier: MIT OR Apache-2.0
// When idle memory goes back to the source.
#pragma once

#include <cstddef>
#include <cstdint>

namespace framealloc {

/// Looked at when frames end, by the thread that drives them. trim() gives back what is idle under
/// every policy, and so does a request that limit or source would deny otherwise.
enum class DecommitPolicy : std::uint8_t {
  /// Idle chunks stay. For consoles and fixed budgets, where no other process would use them.
  Never,
  // A chunk that is idle when a frame ends goes back. Least memory, most calls of the source.
  WhenEmpty,
  // What exceeds the decayed high-water mark goes back, a quarter at a time. With h(n) the most
  // chunks in use during period n (8 frames), the mark of period n is
  //   H(n) = max(h(n), h(n - 1)),
  // so a peak counts for two periods and then no longer. Of the surplus s = held - H(n), each frame
  // gives back 4 + idle / 4 chunks until it is gone. The default.
  ExcessOverHighWater,
};

namespace detail {

struct DecommitConfig {
  DecommitPolicy policy = DecommitPolicy::ExcessOverHighWater;
  std::uint64_t budget_ns = 0;  // of one call; 0 = as long as it takes
};

}  // namespace detail
}  // namespace framealloc
