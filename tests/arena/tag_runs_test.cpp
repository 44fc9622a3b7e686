// SPDX-License-Identifier: MIT OR Apache-2.0
// Bytes by tag follow the cursor through switches, rewinds and frames, and always add up.
#include "arena/test_host.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace framealloc {
namespace {

using testing::TestHost;
constexpr TagId tag(unsigned n) { return static_cast<TagId>(n); }

TEST(TagRuns, EachTagHoldsWhatWasAllocatedUnderIt) {
  TestHost host;
  host.begin();
  (void)host.arena().alloc_bytes(100);
  host.arena().set_tag(tag(1));
  (void)host.arena().alloc_bytes(200);
  host.arena().set_tag(tag(2));
  (void)host.arena().alloc_bytes(300);
  host.arena().set_tag(tag(1));
  (void)host.arena().alloc_bytes(400);
  EXPECT_EQ(host.frame_bytes(tag(0)), 112u);
  EXPECT_EQ(host.frame_bytes(tag(1)), 208u + 400u);
  EXPECT_EQ(host.frame_bytes(tag(2)), 304u);
  EXPECT_EQ(host.arena().position(), 112u + 208u + 304u + 400u);
}

TEST(TagRuns, ARewindTakesFromEachTagWhatItHadAbove) {
  TestHost host;
  host.begin();
  host.arena().set_tag(tag(1));
  (void)host.arena().alloc_bytes(64);
  const FrameCheckpoint here = host.arena().checkpoint();
  (void)host.arena().alloc_bytes(64);
  host.arena().set_tag(tag(0));
  (void)host.arena().alloc_bytes(32);
  host.arena().set_tag(tag(2));
  (void)host.arena().alloc_bytes(16);
  host.arena().set_tag(tag(0));
  (void)host.arena().alloc_bytes(48);
  ASSERT_TRUE(host.arena().rewind(here));
  EXPECT_EQ(host.frame_bytes(tag(0)), 0u);
  EXPECT_EQ(host.frame_bytes(tag(1)), 64u);
  EXPECT_EQ(host.frame_bytes(tag(2)), 0u);
  // The tag of the thread is not rewound: what comes now is untagged.
  (void)host.arena().alloc_bytes(16);
  EXPECT_EQ(host.frame_bytes(tag(0)), 16u);
}

TEST(TagRuns, ANewFrameStartsFromNothing) {
  TestHost host({.slots = 2});
  for (int frame = 0; frame < 6; ++frame) {
    host.begin();
    host.arena().set_tag(tag(3));
    (void)host.arena().alloc_bytes(static_cast<std::size_t>(frame * 160));
    EXPECT_EQ(host.frame_bytes(tag(3)), static_cast<std::size_t>(frame * 160));
    host.end();
  }
  const detail::TagCounters* counters = host.ledger().find(tag(3));
  ASSERT_NE(counters, nullptr);
  EXPECT_EQ(counters->frame_bytes_total.get(), (1u + 2 + 3 + 4 + 5) * 160);
  EXPECT_EQ(counters->frame_bytes_peak.get(), 5u * 160);
}

TEST(TagRuns, RandomSwitchesRewindsAndShrinksAddUp) {
  constexpr unsigned kTags = 6;
  TestHost host;
  std::mt19937 random(20260101);
  for (int frame = 0; frame < 50; ++frame) {
    host.begin();
    struct Live {
      unsigned tag;
      std::size_t bytes;
    };
    struct Mark {
      FrameCheckpoint at;
      std::size_t blocks;
    };
    std::vector<Live> live;
    std::vector<Mark> marks;
    unsigned current = static_cast<unsigned>(host.arena().tag());
    for (int step = 0; step < 200; ++step) {
      switch (random() % 8) {
        case 0:
          current = static_cast<unsigned>(random() % kTags);
          host.arena().set_tag(tag(current));
          break;
        case 1:
          marks.push_back({host.arena().checkpoint(), live.size()});
          break;
        case 2:
          if (marks.empty()) break;
          ASSERT_TRUE(host.arena().rewind(marks.back().at));
          live.resize(marks.back().blocks);
          marks.pop_back();
          break;
        default: {
          const std::size_t bytes = 16 * (random() % 200);
          ASSERT_NE(host.arena().alloc_bytes(bytes), nullptr);
          live.push_back({current, bytes});
        }
      }
      std::vector<std::size_t> expected(kTags);
      std::size_t sum = 0;
      for (const Live& each : live) expected[each.tag] += each.bytes;
      for (unsigned i = 0; i < kTags; ++i) {
        ASSERT_EQ(host.frame_bytes(tag(i)), expected[i]) << "frame " << frame << " step " << step;
        sum += expected[i];
      }
      ASSERT_EQ(sum, host.arena().position());
    }
    host.end();
  }
}

}  // namespace
}  // namespace framealloc
