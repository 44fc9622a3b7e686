// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/lane_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>

namespace framealloc::gpu::detail {
namespace {

// What TagAccounts does under the lanes' locks, and how often it needed those of all.
class Lanes {
 public:
  Lanes() {
    for (unsigned lane = 0; lane < kLanes; ++lane) all_[lane] = &shares_[lane];
  }
  // Effect: as a request that is not over yet.
  void add(unsigned lane, std::ptrdiff_t bytes) {
    if (!LaneSum::add(shares_[lane], bytes)) settle(lane, false);
  }
  void note(unsigned lane) {
    if (LaneSum::is_below_peak(shares_[lane]) || sum_.note_alone(lane, shares_[lane])) return;
    settle(lane, true);
  }
  std::size_t peak() const { return sum_.peak(); }
  std::size_t total() const { return LaneSum::total(all_); }
  unsigned settled() const { return settled_; }

 private:
  void settle(unsigned lane, bool noting) {
    sum_.settle(lane, all_, noting);
    ++settled_;
  }
  LaneSum sum_;
  std::array<LaneShare, kLanes> shares_;
  LaneSum::Shares all_{};
  unsigned settled_ = 0;
};

TEST(LaneSum, ItsPeakIsThatOfTheWholeAfterEveryStep) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    std::minstd_rand random(seed + 1);
    Lanes lanes;
    const unsigned used = 1 + seed % kLanes;
    std::ptrdiff_t total = 0, most = 0;
    unsigned lane = 0;
    for (int i = 0; i < 2000; ++i) {
      if (random() % (1 + seed % 5) == 0) lane = static_cast<unsigned>(random() % used);
      const auto size = static_cast<std::ptrdiff_t>(1 + random() % 1000);
      // Now it rises, now it falls, below 0 in a lane that takes away what others have added.
      const bool takes = total >= size && random() % 8 < (i / 300 % 2 == 0 ? 3U : 5U);
      lanes.add(lane, takes ? -size : size);
      if (!takes && random() % 16 == 0) {  // denied
        lanes.add(lane, -size);
        continue;
      }
      total += takes ? -size : size;
      if (!takes) {
        lanes.note(lane);
        most = std::max(most, total);
      }
      ASSERT_EQ(lanes.total(), static_cast<std::size_t>(total)) << i;
      ASSERT_EQ(lanes.peak(), static_cast<std::size_t>(most)) << i;
    }
  }
}

TEST(LaneSum, OneLaneRisesWithoutTheOthers) {
  Lanes lanes;
  for (int i = 0; i < 1000; ++i) {
    lanes.add(3, 10);
    lanes.note(3);
  }
  EXPECT_EQ(lanes.settled(), 1U);
  lanes.add(5, 10);
  lanes.note(5);
  for (int i = 0; i < 1000; ++i) {
    lanes.add(3, 10);
    lanes.note(3);
  }
  EXPECT_LE(lanes.settled(), 5U);
  EXPECT_EQ(lanes.peak(), 20'010U);
}

// Frames that are alike: lanes that rise and fall together, below a peak that is a little higher.
TEST(LaneSum, LanesTellEachOtherLittleBelowThePeak) {
  Lanes lanes;
  constexpr int kSteps = 1000, kFrames = 20;
  unsigned warm = 0;
  for (int frame = 0; frame < kFrames; ++frame) {
    for (int i = 0; i < kSteps + (frame == 0 ? 50 : 0); ++i)
      for (const unsigned lane : {0U, 1U}) {
        lanes.add(lane, 100);
        lanes.note(lane);
      }
    for (int i = 0; i < kSteps + (frame == 0 ? 50 : 0); ++i)
      for (const unsigned lane : {0U, 1U}) lanes.add(lane, -100);
    if (frame == 0) warm = lanes.settled();
  }
  EXPECT_LE(lanes.settled() - warm, 30U * (kFrames - 1)) << "of 2,000 steps a frame that add";
}

}  // namespace
}  // namespace framealloc::gpu::detail
