// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/heap/span_chunk.hpp>

#include <gtest/gtest.h>

#include <framealloc/source.hpp>

#include <initializer_list>
#include <vector>

namespace framealloc::detail {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;

class SpanChunkTest : public testing::Test {
 protected:
  SpanChunkTest() : memory_(system_source().allocate(kChunk, kChunk)) {
    chunk_ = SpanChunk::make(memory_, kChunk, nullptr);
  }
  ~SpanChunkTest() override { system_source().deallocate(memory_, kChunk, kChunk); }

  void* memory_;
  SpanChunk* chunk_;
};

TEST(SpanChunkSize, LeavesRoomForItsTables) {
  EXPECT_EQ(SpanChunk::largest_block(4096), 0U);
  EXPECT_EQ(SpanChunk::largest_block(std::size_t{2} << 20), std::size_t{1} << 20);
  for (std::size_t size = 4096; size <= std::size_t{64} << 20; size *= 2) {
    EXPECT_LT(SpanChunk::largest_block(size), size);
    EXPECT_EQ(SpanChunk::largest_block(size) % SpanChunk::kQuantum, 0U);
  }
}

TEST_F(SpanChunkTest, HandsOutDisjointRunsUntilItIsFull) {
  EXPECT_TRUE(chunk_->is_empty());
  std::vector<bool> taken(chunk_->quanta(), false);
  std::size_t sum = 0;
  for (std::size_t length = 1;; length = length % 5 + 1) {
    const std::size_t first = chunk_->take(length, 1);
    if (first == SpanChunk::kNone) break;
    for (std::size_t i = first; i < first + length; ++i) {
      ASSERT_FALSE(taken[i]);
      ASSERT_TRUE(chunk_->is_taken(i));
      taken[i] = true;
    }
    sum += length;
  }
  EXPECT_LT(chunk_->free_quanta(), 5U);
  EXPECT_FALSE(chunk_->is_empty());
  EXPECT_GT(sum, chunk_->quanta() - 10);
}

TEST_F(SpanChunkTest, GivesBackAndJoins) {
  const std::size_t a = chunk_->take(10, 1);
  const std::size_t b = chunk_->take(10, 1);
  const std::size_t c = chunk_->take(10, 1);
  ASSERT_NE(c, SpanChunk::kNone);
  chunk_->give_back(a, 10);
  chunk_->give_back(b, 10);
  EXPECT_EQ(chunk_->take(20, 1), a);
  chunk_->give_back(a, 20);
  chunk_->give_back(c, 10);
  EXPECT_TRUE(chunk_->is_empty());
}

TEST_F(SpanChunkTest, GrowsInPlaceOnlyIntoFreeQuanta) {
  const std::size_t a = chunk_->take(4, 1);
  const std::size_t b = chunk_->take(4, 1);
  EXPECT_FALSE(chunk_->take_at(a + 4, 1));
  EXPECT_TRUE(chunk_->take_at(b + 4, 8));
  EXPECT_FALSE(chunk_->take_at(b + 12, chunk_->quanta()));
}

TEST_F(SpanChunkTest, AlignsToQuanta) {
  for (const std::size_t step : std::initializer_list<std::size_t>{1, 2, 4, 8, 16}) {
    const std::size_t first = chunk_->take(3, step);
    ASSERT_NE(first, SpanChunk::kNone);
    EXPECT_EQ(first % step, 0U);
  }
}

TEST_F(SpanChunkTest, KnowsWhichAddressesBeginAQuantum) {
  const std::size_t a = chunk_->take(2, 1);
  EXPECT_EQ(chunk_->index_of(chunk_->address(a)), a);
  EXPECT_EQ(chunk_->index_of(chunk_->address(a) + 16), SpanChunk::kNone);
}

}  // namespace
}  // namespace framealloc::detail
