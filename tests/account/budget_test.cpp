// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/budget.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

namespace framealloc {
namespace {

using detail::Budget;

TEST(BudgetTest, WithoutALimitEverythingIsGranted) {
  Budget budget;
  EXPECT_EQ(budget.remaining(), SIZE_MAX);
  EXPECT_EQ(budget.charge(1, 1000), 1000U);
  EXPECT_EQ(budget.charge(1, 500), 500U);
  EXPECT_EQ(budget.used(), 1500U);
  EXPECT_EQ(budget.peak(), 1500U);
  EXPECT_EQ(budget.denials(), 0U);
}

TEST(BudgetTest, AGrantLiesBetweenNeedAndWant) {
  Budget budget;
  budget.set_limits(0, 100);
  EXPECT_EQ(budget.charge(10, 60), 60U);
  EXPECT_EQ(budget.remaining(), 40U);
  EXPECT_EQ(budget.charge(10, 60), 40U);  // what is left
  EXPECT_EQ(budget.remaining(), 0U);
  EXPECT_EQ(budget.charge(1, 1), 0U);
  EXPECT_EQ(budget.denials(), 1U);
  EXPECT_EQ(budget.used(), 100U);
}

TEST(BudgetTest, ADenialChargesNothing) {
  Budget budget;
  budget.set_limits(0, 100);
  ASSERT_EQ(budget.charge(95, 95), 95U);
  EXPECT_EQ(budget.charge(6, 60), 0U);
  EXPECT_EQ(budget.used(), 95U);
  EXPECT_EQ(budget.charge(5, 60), 5U);
}

TEST(BudgetTest, AWantBelowTheNeedCountsAsTheNeed) {
  Budget budget;
  EXPECT_EQ(budget.charge(100, 0), 100U);
}

TEST(BudgetTest, TakeCountsNoDenial) {
  Budget budget;
  budget.set_limits(0, 10);
  EXPECT_EQ(budget.take(11, 11), 0U);
  EXPECT_EQ(budget.denials(), 0U);
}

TEST(BudgetTest, ALimitBelowTheUsageDeniesUntilEnoughIsGivenBack) {
  Budget budget;
  ASSERT_EQ(budget.charge(100, 100), 100U);
  budget.set_limits(0, 50);
  EXPECT_EQ(budget.remaining(), 0U);
  EXPECT_EQ(budget.charge(1, 1), 0U);
  budget.uncharge(60);
  EXPECT_EQ(budget.charge(1, 100), 10U);
}

// The sum must not wrap around to a small one that then fits.
TEST(BudgetTest, EnormousRequestsAreDenied) {
  Budget unlimited;
  ASSERT_EQ(unlimited.charge(100, 100), 100U);
  EXPECT_EQ(unlimited.charge(SIZE_MAX, SIZE_MAX), 0U);
  EXPECT_EQ(unlimited.charge(SIZE_MAX - 50, SIZE_MAX), 0U);
  EXPECT_EQ(unlimited.used(), 100U);
  Budget limited;
  limited.set_limits(0, SIZE_MAX);
  ASSERT_EQ(limited.charge(100, 100), 100U);
  EXPECT_EQ(limited.charge(SIZE_MAX - 10, SIZE_MAX), 0U);
  EXPECT_EQ(limited.used(), 100U);
}

TEST(BudgetTest, ThePeakStaysWhenTheUsageFalls) {
  Budget budget;
  ASSERT_EQ(budget.charge(70, 70), 70U);
  budget.uncharge(50);
  ASSERT_EQ(budget.charge(10, 10), 10U);
  EXPECT_EQ(budget.peak(), 70U);
  EXPECT_EQ(budget.used(), 30U);
  budget.reset_statistics();
  EXPECT_EQ(budget.peak(), 30U);
}

TEST(BudgetTest, TheSoftLimitIsAnnouncedOncePerCrossing) {
  Budget budget;
  budget.set_limits(50, 0);
  ASSERT_EQ(budget.charge(50, 50), 50U);
  EXPECT_FALSE(budget.announce_soft());  // at, not above
  ASSERT_EQ(budget.charge(1, 1), 1U);
  EXPECT_TRUE(budget.announce_soft());
  ASSERT_EQ(budget.charge(10, 10), 10U);
  EXPECT_FALSE(budget.announce_soft());
  EXPECT_EQ(budget.used(), 61U);  // the flag is no part of the usage
  budget.uncharge(5);
  EXPECT_FALSE(budget.announce_soft());
  budget.uncharge(6);  // back at the limit
  EXPECT_FALSE(budget.announce_soft());
  ASSERT_EQ(budget.charge(1, 1), 1U);
  EXPECT_TRUE(budget.announce_soft());
}

TEST(TagBudgetTest, StatusAndPercentFollowTheLimits) {
  TagBudget budget;
  budget.current_usage = 1000;
  EXPECT_EQ(budget.status(), BudgetStatus::Ok);
  EXPECT_EQ(budget.usage_percent(), 0.0);  // of nothing
  budget.soft_limit = 1000;
  EXPECT_EQ(budget.status(), BudgetStatus::Ok);
  budget.soft_limit = 999;
  EXPECT_EQ(budget.status(), BudgetStatus::Warning);
  budget.hard_limit = 2000;
  EXPECT_EQ(budget.usage_percent(), 50.0);
  EXPECT_EQ(budget.status(), BudgetStatus::Warning);
  budget.current_usage = 2000;
  EXPECT_EQ(budget.status(), BudgetStatus::Exceeded);
}

}  // namespace
}  // namespace framealloc
