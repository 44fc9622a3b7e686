// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/base/report_limit.hpp>

#include <framealloc/report.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using detail::ReportLimit;

constexpr std::size_t kRow = 0;

Report at(std::uint32_t line, Code code = Code::FA003) {
  Report report;
  report.code = code;
  report.site = CallSite{"a.cpp", "f", line};
  return report;
}

Report under(std::string_view tag) {
  Report report;
  report.code = Code::FA003;
  report.tag = tag;
  return report;
}

std::uint32_t admitted(ReportLimit& limit, const Report& report, std::uint32_t times) {
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < times; ++i) count += limit.admit(report, kRow) ? 1 : 0;
  return count;
}

std::vector<ReportLimit::Due> due(ReportLimit& limit, std::uint64_t frame) {
  std::vector<ReportLimit::Due> all;
  limit.for_each_due(frame, [&](const ReportLimit::Due& one) { all.push_back(one); });
  return all;
}

TEST(ReportLimit, AdmitsTheFirstFewOfEachPlaceAndCode) {
  const auto limit = std::make_unique<ReportLimit>();
  EXPECT_EQ(admitted(*limit, at(1), 30), ReportLimit::kDefault);
  EXPECT_EQ(admitted(*limit, at(2), 30), ReportLimit::kDefault);
  EXPECT_EQ(admitted(*limit, at(1, Code::FA005), 30), ReportLimit::kDefault);
  EXPECT_EQ(admitted(*limit, at(1), 30), 0u);
}

TEST(ReportLimit, TellsPlacesApartByTheirTagWhereTheLineIsUnknown) {
  const auto limit = std::make_unique<ReportLimit>();
  EXPECT_EQ(admitted(*limit, under("a"), 30), ReportLimit::kDefault);
  EXPECT_EQ(admitted(*limit, under("b"), 30), ReportLimit::kDefault);
}

TEST(ReportLimit, OneFileUnderTwoAddressesIsOnePlace) {
  const auto limit = std::make_unique<ReportLimit>();
  const std::string copy = "a.cpp";
  Report same = at(1);
  same.site.file = copy.c_str();
  EXPECT_EQ(admitted(*limit, at(1), 30), ReportLimit::kDefault);
  EXPECT_EQ(admitted(*limit, same, 30), 0u);
}

TEST(ReportLimit, SumsComeAtDoublingIntervals) {
  const auto limit = std::make_unique<ReportLimit>();
  std::vector<std::uint64_t> frames;
  std::uint64_t told = 0;
  for (std::uint64_t frame = 1; frame <= 200; ++frame) {
    (void)limit->admit(at(1), kRow);
    for (const auto& one : due(*limit, frame)) {
      EXPECT_EQ(one.code, Code::FA003);
      EXPECT_EQ(one.site.line, 1u);
      frames.push_back(frame);
      told += one.repeated;
    }
  }
  EXPECT_EQ(frames, (std::vector<std::uint64_t>{11, 19, 35, 67, 131}));
  const auto last = due(*limit, UINT64_MAX);
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(told + last[0].repeated, 200u - ReportLimit::kDefault);
  EXPECT_TRUE(due(*limit, UINT64_MAX).empty());
}

TEST(ReportLimit, PendingOnlyWhileSomethingIsHeldBack) {
  const auto limit = std::make_unique<ReportLimit>();
  EXPECT_EQ(admitted(*limit, at(1), 10), 10u);
  EXPECT_FALSE(limit->pending());
  EXPECT_EQ(admitted(*limit, at(1), 1), 0u);
  EXPECT_TRUE(limit->pending());
  EXPECT_EQ(due(*limit, 1).size(), 1u);
  EXPECT_FALSE(limit->pending());
  EXPECT_EQ(admitted(*limit, at(1), 1), 0u);
  EXPECT_TRUE(due(*limit, 2).empty());  // too early
  EXPECT_TRUE(limit->pending());
}

TEST(ReportLimit, ZeroLetsEverythingThrough) {
  const auto limit = std::make_unique<ReportLimit>();
  limit->set_most(0);
  EXPECT_EQ(admitted(*limit, at(1), 100), 100u);
  limit->set_most(2);
  EXPECT_EQ(admitted(*limit, at(1), 100), 2u);
}

TEST(ReportLimit, MorePlacesThanTheTableHasAreSummedByTheirCode) {
  const auto limit = std::make_unique<ReportLimit>();
  std::uint64_t held_back = 0;
  for (std::uint32_t line = 1; line <= 1000; ++line) {
    for (int i = 0; i < 12; ++i) held_back += limit->admit(at(line), kRow) ? 0 : 1;
  }
  EXPECT_GT(held_back, 10'000u);  // most places share one tally
  std::uint64_t told = 0;
  std::size_t without_place = 0;
  for (const auto& one : due(*limit, 1)) {
    told += one.repeated;
    if (one.site.known()) continue;
    ++without_place;
    EXPECT_EQ(one.code, all_codes()[kRow].code);
  }
  EXPECT_EQ(told, held_back);
  EXPECT_EQ(without_place, 1u);
}

TEST(ReportLimit, ThreadsLoseNoCount) {
  const auto limit = std::make_unique<ReportLimit>();
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kEach = 2000;
  std::atomic<std::uint64_t> admitted_count{0};
  std::atomic<std::uint64_t> told{0};
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (std::uint64_t i = 0; i < kEach; ++i) {
          if (limit->admit(at(static_cast<std::uint32_t>(i % 3 + 1)), kRow)) ++admitted_count;
          if (i % 50 == 0) {
            limit->for_each_due(i, [&](const ReportLimit::Due& one) { told += one.repeated; });
          }
        }
      });
    }
  }
  for (const auto& one : due(*limit, UINT64_MAX)) told += one.repeated;
  EXPECT_EQ(admitted_count, 3u * ReportLimit::kDefault);
  EXPECT_EQ(admitted_count + told, kThreads * kEach);
}

}  // namespace
}  // namespace framealloc
