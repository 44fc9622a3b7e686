// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/budget.hpp>

#include <framealloc/detail/account/tag_table.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace framealloc {
namespace {

using Kind = BudgetEvent::Kind;

class BudgetEventsTest : public testing::Test {
 protected:
  struct Seen {
    Kind kind;
    std::string tag;
    bool global;
    std::size_t current;
    std::size_t limit;
    bool operator==(const Seen&) const = default;
  };

  BudgetEventsTest() { budgets_->set_event_handler(&BudgetEventsTest::on_event, this); }

  static void on_event(const BudgetEvent& event, void* context) {
    auto& self = *static_cast<BudgetEventsTest*>(context);
    self.seen_.push_back(
        {event.kind, std::string(event.tag), event.global, event.current, event.limit});
    if (self.reaction_) self.reaction_(event);
  }
  TagId tag(std::string_view path) { return tags_->intern(TagId::Untagged, path); }
  std::size_t charge(std::string_view path, std::size_t bytes) {
    return budgets_->charge(tag(path), bytes, bytes, nullptr);
  }
  std::ptrdiff_t count(Kind kind) const {
    return std::count_if(seen_.begin(), seen_.end(), [kind](auto& e) { return e.kind == kind; });
  }
  std::vector<Seen> of_kind(Kind kind) const {
    std::vector<Seen> result;
    std::copy_if(seen_.begin(), seen_.end(), std::back_inserter(result),
                 [kind](auto& e) { return e.kind == kind; });
    return result;
  }

  std::unique_ptr<detail::TagTable> tags_ = std::make_unique<detail::TagTable>();
  std::unique_ptr<BudgetManager> budgets_ = std::make_unique<BudgetManager>(*tags_);
  std::vector<Seen> seen_;
  std::function<void(const BudgetEvent&)> reaction_;
};

TEST_F(BudgetEventsTest, TheSoftLimitIsReportedOncePerCrossing) {
  budgets_->register_tag_budget("game", 100, 0);
  ASSERT_EQ(charge("game", 100), 100U);
  EXPECT_EQ(count(Kind::SoftLimitExceeded), 0);
  ASSERT_EQ(charge("game::physics", 20), 20U);
  EXPECT_EQ(of_kind(Kind::SoftLimitExceeded),
            (std::vector<Seen>{{Kind::SoftLimitExceeded, "game", false, 120, 100}}));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(charge("game", 1), 1U);
  EXPECT_EQ(count(Kind::SoftLimitExceeded), 1);
  budgets_->uncharge(tag("game"), 200);
  ASSERT_EQ(charge("game", 200), 200U);
  EXPECT_EQ(count(Kind::SoftLimitExceeded), 2);
}

TEST_F(BudgetEventsTest, TheSoftLimitOfTheWholeIsReportedAsGlobal) {
  budgets_->set_global_budget(50, 0);
  ASSERT_EQ(charge("game", 51), 51U);
  EXPECT_EQ(of_kind(Kind::SoftLimitExceeded),
            (std::vector<Seen>{{Kind::SoftLimitExceeded, "", true, 51, 50}}));
}

TEST_F(BudgetEventsTest, EachDenialIsReportedWithTheTagThatDenied) {
  budgets_->register_tag_budget("game", 0, 100);
  ASSERT_EQ(charge("game", 80), 80U);
  EXPECT_EQ(charge("game::physics", 30), 0U);
  EXPECT_EQ(charge("game::physics", 30), 0U);
  const Seen denial{Kind::HardLimitExceeded, "game", false, 80, 100};
  EXPECT_EQ(of_kind(Kind::HardLimitExceeded), (std::vector<Seen>{denial, denial}));
  EXPECT_EQ(count(Kind::GlobalLimitExceeded), 0);
}

TEST_F(BudgetEventsTest, ADenialByTheWholeIsReportedAsGlobal) {
  budgets_->set_global_budget(0, 100);
  EXPECT_EQ(charge("game", 101), 0U);
  EXPECT_EQ(seen_, (std::vector<Seen>{{Kind::GlobalLimitExceeded, "", true, 0, 100}}));
}

// Reported at every growth, a level that loads would bury its handler in events.
TEST_F(BudgetEventsTest, AGrowingPeakIsReportedByEighths) {
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(charge("game", 1), 1U);
  std::vector<Seen> peaks;
  for (const Seen& event : of_kind(Kind::NewPeak)) {
    if (!event.global) peaks.push_back(event);
  }
  ASSERT_FALSE(peaks.empty());
  EXPECT_LT(peaks.size(), 64U);
  EXPECT_EQ(peaks.front().current, 1U);
  EXPECT_GT(peaks.back().current, 1000U * 8 / 9);
  for (std::size_t i = 1; i < peaks.size(); ++i) {
    EXPECT_GE(peaks[i].current - peaks[i - 1].current, peaks[i - 1].current / 8);
    EXPECT_GT(peaks[i].current, peaks[i - 1].current);
  }
}

TEST_F(BudgetEventsTest, ReturningToAnOldPeakIsNoNewPeak) {
  ASSERT_EQ(charge("game", 1000), 1000U);
  seen_.clear();
  for (int i = 0; i < 10; ++i) {
    budgets_->uncharge(tag("game"), 1000);
    ASSERT_EQ(charge("game", 1000), 1000U);
  }
  EXPECT_EQ(count(Kind::NewPeak), 0);
}

TEST_F(BudgetEventsTest, WithoutAHandlerNothingIsCalled) {
  budgets_->register_tag_budget("game", 10, 100);
  budgets_->set_event_handler(nullptr, nullptr);
  ASSERT_EQ(charge("game", 50), 50U);
  EXPECT_TRUE(seen_.empty());
  // A handler that comes late still hears that the tag is above its soft limit.
  budgets_->set_event_handler(&BudgetEventsTest::on_event, this);
  ASSERT_EQ(charge("game", 1), 1U);
  EXPECT_EQ(count(Kind::SoftLimitExceeded), 1);
}

// The handler runs with no lock held, so everything may be called from it; its own events are
// dropped, so that answering a denial with a charge that is denied too does not recurse.
TEST_F(BudgetEventsTest, TheHandlerMayCallTheManager) {
  budgets_->register_tag_budget("game", 10, 100);
  budgets_->register_tag_budget("full", 0, 10);
  ASSERT_EQ(charge("full", 10), 10U);
  seen_.clear();
  std::size_t calls = 0;
  reaction_ = [&](const BudgetEvent& event) {
    ++calls;
    EXPECT_EQ(charge("full", 1), 0U);
    EXPECT_EQ(charge("other", 5), 5U);
    budgets_->uncharge(tag("other"), 5);
    EXPECT_TRUE(budgets_->register_tag_budget("made::by::handler", 1, 2));
    EXPECT_GE(budgets_->get_all_tag_budgets().size(), 2U);
    EXPECT_EQ(budgets_->remaining(tag("full")), 0U);
    budgets_->set_event_handler(&BudgetEventsTest::on_event, this);
    if (event.kind == Kind::HardLimitExceeded) budgets_->register_tag_budget("game", 10, 1000);
  };
  ASSERT_EQ(charge("game", 50), 50U);  // soft limit and new peaks
  EXPECT_EQ(charge("game", 60), 0U);   // denied; the handler raises the limit
  ASSERT_EQ(charge("game", 60), 60U);  // so that the next try succeeds
  EXPECT_EQ(calls, seen_.size());
  EXPECT_EQ(count(Kind::HardLimitExceeded), 1);
  EXPECT_EQ(budgets_->get_tag_budget("game")->current_usage, 110U);
}

TEST_F(BudgetEventsTest, AHandlerMayUseAnotherManagerWithAHandlerOfItsOwn) {
  const auto other = std::make_unique<BudgetManager>(*tags_);
  other->set_global_budget(0, 10);
  struct Context {
    BudgetManager* first;
    std::size_t calls = 0;
  } context{budgets_.get()};
  other->set_event_handler(
      [](const BudgetEvent&, void* pointer) {
        auto& self = *static_cast<Context*>(pointer);
        ++self.calls;
        // Denied in the manager whose handler is running further out: must not call it again.
        EXPECT_EQ(self.first->charge(TagId::Untagged, 101, 101, nullptr), 0U);
      },
      &context);
  budgets_->set_global_budget(0, 100);
  reaction_ = [&](const BudgetEvent&) {
    EXPECT_EQ(other->charge(TagId::Untagged, 11, 11, nullptr), 0U);
  };
  EXPECT_EQ(charge("game", 101), 0U);
  EXPECT_EQ(seen_.size(), 1U);
  EXPECT_EQ(context.calls, 1U);
  reaction_ = nullptr;
  EXPECT_EQ(charge("game", 101), 0U);  // and events come again afterward
  EXPECT_EQ(seen_.size(), 2U);
}

}  // namespace
}  // namespace framealloc
