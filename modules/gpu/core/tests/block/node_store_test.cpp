// SPDX-License-Identifier: MIT OR Apache-2.0
#include "block/node_store.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <set>

namespace framealloc::gpu::detail {
namespace {

class NodeStoreTest : public ::testing::Test {
 protected:
  NodeStore::Piece table_[2];
  std::array<OffsetNode, NodeStore::kPieceNodes> nodes_;
  NodeStore store_{system_source(), table_, 2, nodes_.data(), 1};

  OffsetNode* take(std::uint64_t offset) {
    OffsetNode* const node = store_.take_or_make();
    node->offset = offset;
    return node;
  }
};

TEST_F(NodeStoreTest, FindsWhatIsInUseAndNothingElse) {
  OffsetNode* const node = take(10);
  const OffsetRange range = store_.range_of(*node);
  EXPECT_EQ(store_.find(range), node);
  store_.give_back(*node);
  EXPECT_EQ(store_.find(range), nullptr);
  EXPECT_EQ(take(10), node);
  EXPECT_EQ(store_.find(range), nullptr);
  EXPECT_NE(store_.range_of(*node).generation, range.generation);
}

TEST_F(NodeStoreTest, NodesStayWhereTheyAreWhileItGrows) {
  std::set<OffsetNode*> seen;
  std::vector<OffsetRange> ranges;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    OffsetNode* const node = take(i);
    EXPECT_TRUE(seen.insert(node).second);
    ranges.push_back(store_.range_of(*node));
  }
  for (std::uint64_t i = 0; i < ranges.size(); ++i) {
    ASSERT_NE(store_.find(ranges[i]), nullptr);
    EXPECT_EQ(store_.find(ranges[i])->offset, i);
  }
  EXPECT_GE(store_.made(), 10'000U);
  EXPECT_TRUE(store_.validate(10'000));
  EXPECT_FALSE(store_.validate(9'999));
}

// Four billion frees of one node are too many for a test, so it skips all but the last.
TEST_F(NodeStoreTest, ANodeThatHasHadEveryGenerationIsNeverUsedAgain) {
  OffsetNode* const node = take(10);
  const OffsetRange first = store_.range_of(*node);
  node->name = OffsetNode::name_of(node->id(), first.generation - 1);
  const OffsetRange last = store_.range_of(*node);
  EXPECT_EQ(store_.find(last), node);
  store_.give_back(*node);
  EXPECT_EQ(store_.retired(), 1U);
  EXPECT_TRUE(store_.validate(0));
  for (int i = 0; i < 1000; ++i) {
    OffsetNode* const other = take(10);
    EXPECT_NE(other, node);
    EXPECT_EQ(store_.find(first), nullptr);
    EXPECT_EQ(store_.find(last), nullptr);
    if (i % 2 == 0) store_.give_back(*other);
  }
  EXPECT_TRUE(store_.validate(500));
}

TEST_F(NodeStoreTest, NumbersBeginElsewhereInEachStore) {
  std::set<std::uint32_t> firsts;
  for (int i = 0; i < 1000; ++i) {
    NodeStore::Piece table[1];
    std::array<OffsetNode, NodeStore::kPieceNodes> nodes;
    NodeStore store(system_source(), table, 1, nodes.data(), 1);
    firsts.insert(store.range_of(*store.take_or_make()).node);
  }
  ASSERT_EQ(firsts.size(), 1000U);
  // So far apart that a thousand stores could have a million nodes each.
  std::uint32_t before = *firsts.rbegin();
  for (const std::uint32_t first : firsts) {
    EXPECT_GT(first - before, 1'000'000U);
    before = first;
  }
}

}  // namespace
}  // namespace framealloc::gpu::detail
