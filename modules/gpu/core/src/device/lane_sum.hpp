// SPDX-License-Identifier: MIT OR Apache-2.0
// A sum that threads of several lanes add to, and the most that it ever was.
#pragma once

#include "device/thread_lane.hpp"

#include <array>
#include <atomic>
#include <cstddef>

namespace framealloc::gpu::detail {

// What one lane has added. It may be below 0: one lane takes away what another has added.
struct LaneShare {
  std::atomic<std::ptrdiff_t> sum{0};
  std::atomic<std::ptrdiff_t> ceiling{0};  // up to here `sum` is no new peak of the whole
  std::ptrdiff_t seen = 0;                 // `sum` when it was settled last
  bool still = true;                       // a change is to be settled
};

// The sum of the lanes' shares. The peak is that of the whole sum, to the byte, and yet the lanes
// tell each other nothing as long as it does not rise: the ceilings of all shares together are never
// above it. A lane that passes its ceiling settles: it looks at all shares, notes a new peak, and
// deals out what is left below the peak. While the peak rises and only one lane adds to the sum, that
// lane is alone: the others' shares are still, so it notes the peak by itself; the first of the
// others that moves settles. Thread contract: under the lane's lock, or under those of all lanes,
// where said.
class LaneSum {
 public:
  static constexpr unsigned kNone = kLanes;
  using Shares = std::array<LaneShare*, kLanes>;

  // Result: false where settle() is to follow, without the lane's lock. Requirement: the lane's lock.
  [[nodiscard]] static bool add(LaneShare& share, std::ptrdiff_t bytes) noexcept {
    share.sum.store(share.sum.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
    return !share.still;
  }
  // Result: whether the sum cannot be a new peak; false where settle() is to note it. No lock.
  [[nodiscard]] static bool is_below_peak(const LaneShare& share) noexcept {
    return share.sum.load(std::memory_order_relaxed) <=
           share.ceiling.load(std::memory_order_relaxed);
  }
  // Effect: notes the peak, where the lane is alone. Result: false where it is not. Requirement: the
  // lane's lock.
  [[nodiscard]] bool note_alone(unsigned lane, LaneShare& share) noexcept;
  // Effect: as said above; a new peak is noted where `noting`. Requirement: the locks of all lanes.
  void settle(unsigned lane, const Shares& shares, bool noting) noexcept;

  [[nodiscard]] std::size_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }
  // Requirement: the locks of all lanes, for a sum of one moment.
  [[nodiscard]] static std::size_t total(const Shares& shares) noexcept;

 private:
  void be_alone(unsigned lane, const Shares& shares, std::ptrdiff_t total) noexcept;
  void deal_out(unsigned lane, const Shares& shares, std::ptrdiff_t total) noexcept;

  std::atomic<std::size_t> peak_{0};
  std::ptrdiff_t others_ = 0;  // of the lanes that are still, where one is alone
  unsigned alone_ = kNone;
  bool begun_ = false;
};

}  // namespace framealloc::gpu::detail
