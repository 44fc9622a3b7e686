// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/budget.hpp>

#include <framealloc/detail/account/tag_table.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace framealloc {
namespace {

class BudgetManagerTest : public testing::Test {
 protected:
  TagId tag(std::string_view path) { return tags_->intern(TagId::Untagged, path); }
  std::size_t usage(std::string_view path) {
    return budgets_->get_tag_budget(path).value_or(TagBudget{}).current_usage;
  }

  std::unique_ptr<detail::TagTable> tags_ = std::make_unique<detail::TagTable>();
  std::unique_ptr<BudgetManager> budgets_ = std::make_unique<BudgetManager>(*tags_);
};

TEST_F(BudgetManagerTest, AChargePassesTheTagItsAncestorsAndTheWhole) {
  ASSERT_EQ(budgets_->charge(tag("game::physics"), 10, 64, nullptr), 64U);
  ASSERT_EQ(budgets_->charge(tag("game"), 10, 16, nullptr), 16U);
  ASSERT_EQ(budgets_->charge(tag("audio"), 10, 10, nullptr), 10U);
  EXPECT_EQ(usage("game::physics"), 64U);
  EXPECT_EQ(usage("game"), 80U);
  EXPECT_EQ(usage("audio"), 10U);
  EXPECT_EQ(budgets_->current_usage(), 90U);
  budgets_->uncharge(tag("game::physics"), 64);
  EXPECT_EQ(usage("game::physics"), 0U);
  EXPECT_EQ(usage("game"), 16U);
  EXPECT_EQ(budgets_->current_usage(), 26U);
}

TEST_F(BudgetManagerTest, SubTagsShareTheLimitOfTheirAncestor) {
  budgets_->register_tag_budget("game", 0, 100);
  ASSERT_EQ(budgets_->charge(tag("game::a"), 60, 60, nullptr), 60U);
  EXPECT_EQ(budgets_->remaining(tag("game::b")), 40U);
  EXPECT_EQ(budgets_->charge(tag("game::b"), 10, 60, nullptr), 40U);
  EXPECT_EQ(budgets_->charge(tag("game::a::deep"), 1, 1, nullptr), 0U);
  EXPECT_EQ(usage("game"), 100U);
}

TEST_F(BudgetManagerTest, TheGrantIsTheLeastThatTheChainLeaves) {
  budgets_->register_tag_budget("game", 0, 1000);
  budgets_->register_tag_budget("game::physics", 0, 300);
  budgets_->set_global_budget(0, 200);
  EXPECT_EQ(budgets_->remaining(tag("game::physics")), 200U);
  EXPECT_EQ(budgets_->charge(tag("game::physics"), 1, 5000, nullptr), 200U);
  EXPECT_EQ(usage("game::physics"), 200U);
  EXPECT_EQ(usage("game"), 200U);
  EXPECT_EQ(budgets_->current_usage(), 200U);
}

TEST_F(BudgetManagerTest, ADenialNamesTheTagThatDeniedAndChargesNobody) {
  budgets_->register_tag_budget("game", 0, 100);
  budgets_->register_tag_budget("game::physics", 0, 1000);
  ASSERT_EQ(budgets_->charge(tag("game::ai"), 70, 70, nullptr), 70U);

  detail::Denial denial;
  EXPECT_EQ(budgets_->charge(tag("game::physics::solver"), 31, 500, &denial), 0U);
  EXPECT_FALSE(denial.whole);
  EXPECT_EQ(tags_->path(denial.tag).view(), "game");
  EXPECT_EQ(denial.available, 30U);
  EXPECT_EQ(usage("game::physics::solver"), 0U);
  EXPECT_EQ(usage("game::physics"), 0U);
  EXPECT_EQ(usage("game"), 70U);
  EXPECT_EQ(budgets_->current_usage(), 70U);
  EXPECT_EQ(budgets_->get_tag_budget("game")->denials, 1U);
  EXPECT_EQ(budgets_->get_tag_budget("game::physics")->denials, 0U);
}

TEST_F(BudgetManagerTest, ADenialByTheWholeIsGlobal) {
  budgets_->set_global_budget(0, 100);
  budgets_->register_tag_budget("game", 0, 1000);
  ASSERT_EQ(budgets_->charge(TagId::Untagged, 90, 90, nullptr), 90U);
  detail::Denial denial;
  EXPECT_EQ(budgets_->charge(tag("game"), 11, 11, &denial), 0U);
  EXPECT_TRUE(denial.whole);
  EXPECT_EQ(denial.available, 10U);
  EXPECT_EQ(usage("game"), 0U);
  EXPECT_EQ(budgets_->get_global_budget().denials, 1U);
  EXPECT_EQ(budgets_->global_limit(), 100U);
}

TEST_F(BudgetManagerTest, OfSeveralThatDenyTheInnermostIsNamed) {
  budgets_->register_tag_budget("game", 0, 10);
  budgets_->register_tag_budget("game::physics", 0, 20);
  budgets_->set_global_budget(0, 5);
  detail::Denial denial;
  EXPECT_EQ(budgets_->charge(tag("game::physics"), 21, 21, &denial), 0U);
  EXPECT_EQ(tags_->path(denial.tag).view(), "game::physics");
  EXPECT_EQ(budgets_->charge(tag("game::physics"), 11, 11, &denial), 0U);
  EXPECT_EQ(tags_->path(denial.tag).view(), "game");
  EXPECT_EQ(budgets_->charge(tag("game::physics"), 6, 6, &denial), 0U);
  EXPECT_TRUE(denial.whole);
}

TEST_F(BudgetManagerTest, UntaggedBytesCountForTheWholeAndForNoTag) {
  budgets_->register_tag_budget("game", 0, 10);
  budgets_->register_tag_budget("", 0, 50);
  EXPECT_EQ(budgets_->charge(TagId::Untagged, 1, 80, nullptr), 50U);
  EXPECT_EQ(budgets_->charge(tag("game"), 10, 10, nullptr), 10U);  // not below "untagged"
  EXPECT_EQ(usage(""), 50U);
  EXPECT_EQ(budgets_->current_usage(), 60U);
  detail::Denial denial{Code::FA310, tag("game"), 0, 0, true};
  EXPECT_EQ(budgets_->charge(TagId::Untagged, 1, 1, &denial), 0U);
  EXPECT_FALSE(denial.whole);
  EXPECT_EQ(denial.tag, TagId::Untagged);
}

TEST_F(BudgetManagerTest, WithoutLimitsNothingIsDenied) {
  EXPECT_EQ(budgets_->remaining(tag("game")), SIZE_MAX);
  EXPECT_EQ(budgets_->charge(tag("game"), 1, std::size_t{1} << 40, nullptr), std::size_t{1} << 40);
  // More than the counters can hold at once: only what is needed is charged.
  EXPECT_EQ(budgets_->charge(tag("game"), 100, SIZE_MAX, nullptr), 100U);
}

TEST_F(BudgetManagerTest, AChargeThatNeedsNothingIsNeverADenial) {
  budgets_->register_tag_budget("game", 0, 10);
  EXPECT_EQ(budgets_->charge(tag("game"), 0, 100, nullptr), 10U);
  EXPECT_EQ(budgets_->charge(tag("game"), 0, 100, nullptr), 0U);
  EXPECT_EQ(budgets_->get_tag_budget("game")->denials, 0U);
}

TEST_F(BudgetManagerTest, LimitsCanBeSetBeforeAndAfterUse) {
  EXPECT_FALSE(budgets_->get_tag_budget("game").has_value());
  EXPECT_TRUE(budgets_->register_tag_budget("game::physics", 50, 100));
  const auto made = budgets_->get_tag_budget("game::physics");
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->name, "game::physics");
  EXPECT_EQ(made->soft_limit, 50U);
  EXPECT_EQ(made->hard_limit, 100U);
  ASSERT_EQ(budgets_->charge(tag("game::physics"), 100, 100, nullptr), 100U);
  EXPECT_EQ(budgets_->get_tag_budget("game::physics")->status(), BudgetStatus::Exceeded);
  EXPECT_TRUE(budgets_->register_tag_budget("game::physics", 0, 0));
  EXPECT_EQ(budgets_->charge(tag("game::physics"), 100, 100, nullptr), 100U);
}

// A table without room gives a new tag's bytes to its parent; its limit must not follow.
TEST_F(BudgetManagerTest, WithoutRoomForTheTagNoOtherTagGetsItsLimit) {
  while (!tags_->overflowed()) (void)tag("t" + std::to_string(tags_->size()));
  EXPECT_FALSE(budgets_->register_tag_budget("t5::late", 0, 10));
  EXPECT_FALSE(budgets_->register_tag_budget("late", 0, 10));
  EXPECT_TRUE(budgets_->register_tag_budget("t5", 0, 1000));
  EXPECT_EQ(budgets_->charge(tag("t5::late"), 500, 500, nullptr), 500U);
  EXPECT_EQ(budgets_->charge(tag("late"), 500, 500, nullptr), 500U);
  EXPECT_EQ(usage("t5"), 500U);
}

TEST_F(BudgetManagerTest, AllTagBudgetsAreThoseWithALimitOrACharge) {
  budgets_->register_tag_budget("audio", 1, 0);
  budgets_->register_tag_budget("game::physics", 0, 100);
  (void)tag("unused");
  ASSERT_EQ(budgets_->charge(tag("render"), 7, 7, nullptr), 7U);
  std::vector<std::string> names;
  for (const TagBudget& budget : budgets_->get_all_tag_budgets()) names.push_back(budget.name);
  EXPECT_EQ(names, (std::vector<std::string>{"audio", "game::physics", "render"}));
}

TEST_F(BudgetManagerTest, ResetStatsKeepsLimitsAndUsage) {
  budgets_->register_tag_budget("game", 50, 100);
  ASSERT_EQ(budgets_->charge(tag("game"), 80, 80, nullptr), 80U);
  ASSERT_EQ(budgets_->charge(tag("game"), 80, 80, nullptr), 0U);
  budgets_->uncharge(tag("game"), 60);
  budgets_->reset_stats();
  const TagBudget budget = budgets_->get_tag_budget("game").value_or(TagBudget{});
  EXPECT_EQ(budget.peak_usage, 20U);
  EXPECT_EQ(budget.denials, 0U);
  EXPECT_EQ(budget.current_usage, 20U);
  EXPECT_EQ(budget.hard_limit, 100U);
  EXPECT_EQ(budgets_->get_global_budget().peak_usage, 20U);
}

TEST_F(BudgetManagerTest, ManagersShareNothing) {
  BudgetManager other(*tags_);
  other.set_global_budget(0, 10);
  EXPECT_EQ(budgets_->charge(tag("game"), 100, 100, nullptr), 100U);
  EXPECT_EQ(other.current_usage(), 0U);
}

}  // namespace
}  // namespace framealloc
