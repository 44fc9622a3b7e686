// SPDX-License-Identifier: MIT OR Apache-2.0
// A container that grows asks for more than it needs and makes do with the need: only a denial of
// the need is one, is reported, and once.
#include <framealloc/framealloc.hpp>

#include "support/report_log.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

namespace framealloc {
namespace {

using namespace literals;
using testing::ReportLog;

// An element that the frame has to destroy, so that each block has a record beside it.
struct Owing {
  Owing(std::size_t v) : value(v) {}
  Owing(Owing&& other) noexcept : value(other.value) {}
  Owing& operator=(Owing&&) = default;
  ~Owing() { value = 0; }
  std::size_t value;
};

class GrowthDenial : public ::testing::Test {
 protected:
  static AllocConfig config(ReportLog& log) {
    AllocConfig config;
    config.enable_budgets = true;
    return config.with_report_handler(&ReportLog::handler, &log);
  }
  // Fills a vector up to its first denial. Result: its elements.
  template <class T>
  std::size_t fill(FrameVec<T>& vec) {
    std::size_t count = 0;
    while (count < 1'000'000 && vec.push_back(T(count))) ++count;
    return count;
  }
  std::uint64_t denials() { return alloc.budgets()->get_tag_budget("fx")->denials; }

  ReportLog log;
  SmartAlloc alloc{config(log)};
};

TEST_F(GrowthDenial, ABudgetIsFilledWithoutAReport) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("fx", 0, 100'000));
  std::size_t events = 0;
  alloc.budgets()->set_event_handler(
      [](const BudgetEvent& event, void* count) {
        if (event.kind == BudgetEvent::Kind::HardLimitExceeded) ++*static_cast<std::size_t*>(count);
      },
      &events);
  for (int frame = 0; frame < 3; ++frame) {
    const auto open = alloc.scoped_frame();
    const TagScope tag = alloc.tag_scope("fx");
    FrameVec<std::size_t> vec = alloc.frame_vec<std::size_t>();
    EXPECT_GT(fill(vec), 100'000 / sizeof(std::size_t) * 9 / 10)
        << "moved, it needs its room twice";
    const auto round = static_cast<std::uint64_t>(frame) + 1;
    EXPECT_EQ(log.count(Code::FA311), round) << "one denial, one report";
    EXPECT_EQ(denials(), round);
    EXPECT_EQ(events, round);
  }
  EXPECT_EQ(log.size(), 3U);
}

TEST_F(GrowthDenial, SoIsOneOfElementsThatOweDestructors) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("fx", 0, 100'000));
  const auto open = alloc.scoped_frame();
  const TagScope tag = alloc.tag_scope("fx");
  // What stands behind it keeps it from growing where it is.
  FrameVec<Owing> vec = alloc.frame_vec<Owing>(1000);
  ASSERT_NE(alloc.frame_alloc<int>(), nullptr);
  for (std::size_t i = 0; i < 1000; ++i) ASSERT_TRUE(vec.push_back(Owing(i)));
  ASSERT_NE(alloc.frame_alloc_batch<char>(80'000), nullptr);
  ASSERT_EQ(log.size(), 0U);
  EXPECT_TRUE(vec.push_back(Owing(1000))) << "twice 1,000 do not fit, 1,001 do";
  EXPECT_EQ(log.size(), 0U);
  EXPECT_EQ(denials(), 0U);
  while (vec.push_back(Owing(vec.size()))) continue;
  EXPECT_EQ(log.size(), 1U);
  EXPECT_EQ(denials(), 1U);
  for (std::size_t i = 0; i < vec.size(); ++i) ASSERT_EQ(vec[i].value, i);
}

TEST_F(GrowthDenial, AMapFillsTheBucketsThatItHasWithoutAReport) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("fx", 0, 100'000));
  const auto open = alloc.scoped_frame();
  const TagScope tag = alloc.tag_scope("fx");
  FrameMap<std::size_t, std::size_t> map = alloc.frame_map<std::size_t, std::size_t>();
  std::size_t count = 0;
  while (count < 1'000'000 && map.insert(count, count).second) ++count;
  EXPECT_GT(count, 1000U);
  EXPECT_EQ(log.size(), 1U);
  EXPECT_EQ(denials(), 1U);
}

TEST_F(GrowthDenial, WithoutAFrameItIsReportedOnce) {
  FrameVec<std::size_t> vec = alloc.frame_vec<std::size_t>();
  EXPECT_FALSE(vec.push_back(1));
  EXPECT_EQ(log.count(Code::FA001), 1U);
  FrameVec<Owing> owing = alloc.frame_vec<Owing>();
  EXPECT_FALSE(owing.push_back(Owing(1)));
  EXPECT_EQ(log.count(Code::FA001), 2U);
  EXPECT_EQ(log.size(), 2U);
}

TEST_F(GrowthDenial, AThreadBudgetCountsOneDenial) {
  ThreadBudgetConfig budget;
  budget.frame_budget = 20'000;
  budget.frame_exceeded_policy = BudgetExceededPolicy::Fail;
  alloc.set_thread_budget(budget);
  const auto open = alloc.scoped_frame();
  FrameVec<std::size_t> vec = alloc.frame_vec<std::size_t>();
  EXPECT_EQ(fill(vec), 20'000 / sizeof(std::size_t)) << "the warning on the way stops nothing";
  EXPECT_EQ(alloc.thread_budget_stats().warnings, 1U);
  EXPECT_EQ(alloc.thread_budget_stats().denied, 1U);
  EXPECT_EQ(log.count(Code::FA312), 1U);
  EXPECT_EQ(log.size(), 1U);
}

TEST_F(GrowthDenial, AHandlerThatAllowsIsNotAskedForEachElement) {
  std::size_t asked = 0;
  ASSERT_TRUE(alloc.on_budget_exceeded([&asked](const ThreadBudgetEvent&) {
    ++asked;
    return BudgetDecision::Allow;
  }));
  ThreadBudgetConfig budget;
  budget.frame_budget = 20'000;
  budget.frame_exceeded_policy = BudgetExceededPolicy::Custom;
  alloc.set_thread_budget(budget);
  const auto open = alloc.scoped_frame();
  FrameVec<std::size_t> vec = alloc.frame_vec<std::size_t>();
  for (std::size_t i = 0; i < 100'000; ++i) ASSERT_TRUE(vec.push_back(i));
  EXPECT_LE(asked, 100U) << "it grows in proportion";
  EXPECT_EQ(log.size(), 0U);
}

}  // namespace
}  // namespace framealloc
