// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/heap/streaming_slots.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <random>
#include <set>
#include <vector>

namespace framealloc::detail {
namespace {

class SlotsTest : public ::testing::Test {
 protected:
  std::uint32_t take() {
    std::uint32_t index = slots_.take();
    if (index == StreamSlots::kNone) {
      blocks_.push_back(std::make_unique<std::byte[]>(slots_.next_block_bytes()));
      // Dirty: nothing may count on fresh memory being zero.
      std::fill_n(blocks_.back().get(), slots_.next_block_bytes(), std::byte{0xA5});
      slots_.add_block(blocks_.back().get());
      index = slots_.take();
    }
    EXPECT_NE(index, StreamSlots::kNone);
    return index;
  }
  std::vector<std::uint32_t> order() {
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = slots_.oldest(1); i != StreamSlots::kNone; i = slots_.next(i)) {
      all.push_back(i);
    }
    return all;
  }
  StreamSlots slots_;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

TEST_F(SlotsTest, IdsAreNeverGivenOutTwiceAndFindTheirSlot) {
  std::set<std::uint64_t> ids;
  std::vector<std::uint32_t> taken;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 5000; ++i) {
      const std::uint32_t index = take();
      taken.push_back(index);
      const StreamId id = slots_.id_of(index);
      EXPECT_TRUE(id);
      EXPECT_TRUE(ids.insert(id.raw()).second);
      EXPECT_EQ(slots_.find(id), index);
    }
    for (const std::uint32_t index : taken) {
      const StreamId id = slots_.id_of(index);
      slots_.give_back(index);
      EXPECT_EQ(slots_.find(id), StreamSlots::kNone);
    }
    taken.clear();
  }
  EXPECT_EQ(slots_.find(StreamId()), StreamSlots::kNone);
  EXPECT_EQ(slots_.find(StreamId(UINT64_MAX)), StreamSlots::kNone);
  EXPECT_EQ(slots_.find(StreamId(5001)), StreamSlots::kNone);  // never given out
  EXPECT_EQ(slots_.size(), 5000U);
}

TEST_F(SlotsTest, ASlotThatHadItsLastGenerationIsNotUsedAgain) {
  const std::uint32_t index = take();
  slots_[index].generation = UINT32_MAX;
  slots_.give_back(index);
  EXPECT_NE(take(), index);
}

// Nothing is moved, copied or read when there are more: the cost of one more does not depend on how
// many there are.
TEST_F(SlotsTest, GrowthMovesNothing) {
  const std::uint32_t first = take();
  const StreamSlot* const home = &slots_[first];
  for (int i = 0; i < 100'000; ++i) (void)take();
  EXPECT_EQ(&slots_[first], home);
  EXPECT_LE(blocks_.size(), 10U);
}

// Accesses are carried out late, and the order is still that in which they came.
TEST_F(SlotsTest, TheOrderIsThatOfTheAccesses) {
  std::mt19937 random(7);
  std::vector<std::uint32_t> expected;
  std::vector<std::uint32_t> unlisted;
  for (int i = 0; i < 300; ++i) unlisted.push_back(take());
  const auto pick = [&](std::vector<std::uint32_t>& from) {
    return from.begin() + static_cast<std::ptrdiff_t>(random() % from.size());
  };
  for (int step = 0; step < 20'000; ++step) {
    const auto what = random() % 100;
    if (what < 5 && !unlisted.empty()) {
      const auto chosen = pick(unlisted);
      const bool first = random() % 4 == 0;
      slots_.enlist(*chosen, first);
      expected.insert(first ? expected.begin() : expected.end(), *chosen);
      unlisted.erase(chosen);
    } else if (what < 9 && !expected.empty()) {
      const auto chosen = pick(expected);
      slots_.delist(*chosen);
      unlisted.push_back(*chosen);
      expected.erase(chosen);
    } else if (what < 10 && !unlisted.empty()) {
      slots_.note_access(*pick(unlisted));  // no effect
    } else if (what < 11) {
      ASSERT_EQ(order(), expected) << step;
    } else if (!expected.empty()) {
      const auto chosen = pick(expected);
      const std::uint32_t index = *chosen;
      slots_.note_access(index);
      expected.erase(chosen);
      expected.push_back(index);
    }
  }
  EXPECT_EQ(order(), expected);
}

}  // namespace
}  // namespace framealloc::detail
