// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/ids.hpp>
#include <framealloc/literals.hpp>

#include <gtest/gtest.h>

namespace framealloc {
namespace {

using namespace literals;

TEST(Literals, AreBytes) {
  EXPECT_EQ(7_B, 7u);
  EXPECT_EQ(64_KiB, 65536u);
  EXPECT_EQ(16_MiB, 16777216u);
  EXPECT_EQ(5_GiB, 5368709120u);
}

TEST(GenerationalId, DanglesUntilItHasAGeneration) {
  EXPECT_TRUE(GenerationalId{}.is_dangling());
  EXPECT_FALSE((GenerationalId{0, 1}).is_dangling());
}

TEST(GenerationalId, ASlotsNextOwnerIsAnotherId) {
  EXPECT_EQ((GenerationalId{3, 1}), (GenerationalId{3, 1}));
  EXPECT_NE((GenerationalId{3, 1}), (GenerationalId{3, 2}));
  EXPECT_LT((GenerationalId{3, 2}), (GenerationalId{4, 1}));
}

TEST(ThreadId, ComparesByNumber) {
  EXPECT_EQ(ThreadId{}, ThreadId{0});
  EXPECT_LT(ThreadId{1}, ThreadId{2});
}

}  // namespace
}  // namespace framealloc
