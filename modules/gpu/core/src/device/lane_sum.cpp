// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/lane_sum.hpp"

#include <algorithm>

namespace framealloc::gpu::detail {

namespace {

[[nodiscard]] bool has_moved(const LaneShare& share) noexcept {
  return share.sum.load(std::memory_order_relaxed) != share.seen;
}

void see(LaneShare& share, std::ptrdiff_t room, bool still) noexcept {
  const std::ptrdiff_t sum = share.sum.load(std::memory_order_relaxed);
  share.seen = sum;
  share.still = still;
  share.ceiling.store(sum + room, std::memory_order_relaxed);
}

}  // namespace

std::size_t LaneSum::total(const Shares& shares) noexcept {
  std::ptrdiff_t sum = 0;
  for (const LaneShare* const share : shares) sum += share->sum.load(std::memory_order_relaxed);
  return sum < 0 ? 0 : static_cast<std::size_t>(sum);
}

bool LaneSum::note_alone(unsigned lane, LaneShare& share) noexcept {
  if (alone_ != lane) return false;
  const std::ptrdiff_t sum = share.sum.load(std::memory_order_relaxed);
  const auto total = static_cast<std::size_t>(others_ + sum);
  if (total > peak()) peak_.store(total, std::memory_order_relaxed);
  share.ceiling.store(sum, std::memory_order_relaxed);
  return true;
}

void LaneSum::settle(unsigned lane, const Shares& shares, bool noting) noexcept {
  std::ptrdiff_t total = 0;
  bool others_moved = false;
  for (unsigned at = 0; at < kLanes; ++at) {
    total += shares[at]->sum.load(std::memory_order_relaxed);
    others_moved = others_moved || (at != lane && has_moved(*shares[at]));
  }
  const bool rises = noting && total > static_cast<std::ptrdiff_t>(peak());
  if (rises) peak_.store(static_cast<std::size_t>(total), std::memory_order_relaxed);
  const bool first = !begun_;
  begun_ = true;
  if (first || (rises && !others_moved)) return be_alone(lane, shares, total);
  deal_out(lane, shares, total);
}

void LaneSum::be_alone(unsigned lane, const Shares& shares, std::ptrdiff_t total) noexcept {
  alone_ = lane;
  others_ = total - shares[lane]->sum.load(std::memory_order_relaxed);
  for (unsigned at = 0; at < kLanes; ++at) {
    if (at == lane) continue;
    see(*shares[at], 0, true);
  }
  see(*shares[lane], static_cast<std::ptrdiff_t>(peak()) - total, false);
}

void LaneSum::deal_out(unsigned lane, const Shares& shares, std::ptrdiff_t total) noexcept {
  alone_ = kNone;
  const std::ptrdiff_t room = static_cast<std::ptrdiff_t>(peak()) - total;
  std::ptrdiff_t movers = 0;
  for (unsigned at = 0; at < kLanes; ++at)
    movers += static_cast<std::ptrdiff_t>(at != lane && has_moved(*shares[at]));
  // Half to the lane that asks, half to the others that have moved. What is above the peak has not
  // been noted yet: it is the asking lane's.
  const std::ptrdiff_t each = room > 0 && movers != 0 ? room / 2 / movers : 0;
  for (unsigned at = 0; at < kLanes; ++at) {
    if (at == lane) continue;
    see(*shares[at], has_moved(*shares[at]) ? each : 0, false);
  }
  see(*shares[lane], room - each * movers, false);
}

}  // namespace framealloc::gpu::detail
