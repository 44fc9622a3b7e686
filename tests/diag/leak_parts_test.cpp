// SPDX-License-Identifier: MIT OR Apache-2.0
// The leak report over all parts of an allocator, with types, as text and as JSON.
#include "../tools/test_support/json_reader.hpp"
#include "support/report_log.hpp"

#include <framealloc/detail/pool/block_record.hpp>
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace game {

struct Enemy {
  int health = 100;
};

}  // namespace game

namespace framealloc {
namespace {

using fa_test::JsonReader;
using testing::ReportLog;

AllocConfig checked(ReportLog& log) {
  AllocConfig config = AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log);
  config.checked = true;
  return config;
}

const LeakGroup* of_part(const LeakReport& report, std::string_view part) {
  const auto found = std::ranges::find(report.groups, part, &LeakGroup::part);
  return found == report.groups.end() ? nullptr : &*found;
}

TEST(LeakTypes, BoxesAndRawBlocksKnowTheirTypes) {
  ReportLog log;
  SmartAlloc alloc(checked(log));
  const auto boxed = alloc.pool_box<game::Enemy>();
  const auto heap_boxed = alloc.heap_box<game::Enemy>();
  const auto shared = alloc.pool_arc<double>(1.0);
  auto* const raw = alloc.pool_alloc<short>();
  auto* const raw_heap = alloc.heap_alloc<float>(100);
  const LeakReport report = alloc.leak_report();
  const auto count_of = [&](std::string_view type) {
    return std::ranges::count(report.groups, type, &LeakGroup::type);
  };
  ASSERT_EQ(report.groups.size(), 5u);
  EXPECT_EQ(count_of("game::Enemy"), 2);
  EXPECT_EQ(count_of("double"), 1);
  EXPECT_TRUE(count_of("short") + count_of("short int") == 1);  // the compiler's choice
  EXPECT_EQ(count_of("float"), 1);
  EXPECT_NE(report.to_string().find("1 pool block of type game::Enemy"), std::string::npos)
      << report.to_string();
  alloc.pool_free(raw);
  alloc.heap_free(raw_heap);
}

TEST(LeakTypes, BlocksOfASpanKnowTheirs) {
  ReportLog log;
  SmartAlloc alloc(checked(log));
  const auto box = alloc.heap_box<std::array<game::Enemy, 2000>>();
  ASSERT_EQ(alloc.leak_report().groups.size(), 1u);
  EXPECT_NE(alloc.leak_report().groups[0].type.find("game::Enemy"), std::string::npos);
}

TEST(LeakTypes, ARecordFitsIntoACacheLine) { EXPECT_LE(sizeof(detail::BlockRecord), 64u); }

TEST(LeakTypes, TypesTellGroupsOfOnePlaceApart) {
  ReportLog log;
  SmartAlloc alloc(checked(log));
  const auto make = [&]<class T>(T) { return alloc.pool_alloc<T>(CallSite{"a.cpp", "f", 1}); };
  auto* const a = make(1);
  auto* const b = make(2.0);
  auto* const c = make(3);
  const LeakReport report = alloc.leak_report();
  ASSERT_EQ(report.groups.size(), 2u);
  EXPECT_EQ(report.groups[0].count + report.groups[1].count, 3u);
  alloc.pool_free(a);
  alloc.pool_free(b);
  alloc.pool_free(c);
}

TEST(LeakParts, ListsWhatSharedPartsHoldByTag) {
  ReportLog log;
  SmartAlloc alloc(checked(log));
  const auto asset = alloc.with_tag("level", [&] { return alloc.streaming().reserve(5000); });
  const auto handle =
      alloc.with_tag("actors", [&] { return alloc.handles().alloc<game::Enemy>(); });
  ASSERT_TRUE(handle);
  const LeakReport report = alloc.leak_report();
  const LeakGroup* const streamed = of_part(report, "streaming");
  ASSERT_NE(streamed, nullptr) << report.to_string();
  EXPECT_EQ(streamed->tag, "level");
  EXPECT_GE(streamed->bytes, 5000u);
  EXPECT_EQ(streamed->count, 1u);
  EXPECT_FALSE(streamed->aged);
  const LeakGroup* const held = of_part(report, "handles");
  ASSERT_NE(held, nullptr);
  EXPECT_EQ(held->tag, "actors");
  EXPECT_EQ(held->count, 1u);
  EXPECT_TRUE(alloc.handles().free(handle));
  (void)alloc.streaming().free(asset);
  EXPECT_TRUE(alloc.leak_report().empty());
}

TEST(LeakParts, TheSumIsWhatTheStatisticsCall) {
  ReportLog log;
  AllocConfig config = checked(log);
  config.checked = false;
  SmartAlloc alloc(config);
  auto* const block = alloc.pool_alloc<long>();
  const auto box = alloc.with_tag("a", [&] { return alloc.heap_box<game::Enemy>(); });
  const auto asset = alloc.with_tag("b", [&] { return alloc.streaming().reserve(5000); });
  const AllocStats stats = alloc.stats();
  const std::size_t told = alloc.leak_report().total_bytes;
  const std::size_t counted = stats.pool_allocated + stats.heap_allocated;
  EXPECT_LE(told, counted);  // checked, it knows what was asked for: less than what is reserved
  EXPECT_GE(told, kCheckLevel == 0 ? counted : counted - 32);
  (void)alloc.streaming().free(asset);
  alloc.pool_free(block);
}

TEST(LeakParts, CachesThatAreKeptAreNoLeakAtTheEnd) {
  ReportLog log;
  {
    SmartAlloc alloc(checked(log));
    (void)alloc.streaming().reserve(5000);
  }
  EXPECT_EQ(log.count(Code::FA007), 0u) << log.last().message;
}

TEST(LeakParts, AGroupThatNobodyFreedIsALeak) {
  ReportLog log;
  {
    SmartAlloc alloc(checked(log));
    const GroupId group = alloc.groups().create_group("level");
    alloc.with_tag("world", [&] { ASSERT_NE(alloc.groups().alloc<game::Enemy>(group), nullptr); });
    const LeakReport report = alloc.leak_report();
    const LeakGroup* const held = of_part(report, "groups");
    ASSERT_NE(held, nullptr);
    EXPECT_GE(held->bytes, sizeof(game::Enemy));
  }
  ASSERT_EQ(log.count(Code::FA007), 1u);
  EXPECT_NE(log.last().message.find("groups block"), std::string::npos) << log.last().message;
}

TEST(LeakParts, AHandleIsReportedOnceAtTheEnd) {
  ReportLog log;
  {
    SmartAlloc alloc(checked(log));
    ASSERT_TRUE(alloc.handles().alloc<game::Enemy>());
    ASSERT_NE(alloc.pool_alloc<game::Enemy>(), nullptr);
  }
  EXPECT_EQ(log.count(Code::FA007), 2u);
  for (const auto& entry : log.all()) {
    EXPECT_NE(entry.message.find("game::Enemy"), std::string::npos) << entry.message;
  }
}

TEST(LeakJson, IsOneValidObject) {
  ReportLog log;
  SmartAlloc alloc(checked(log));
  EXPECT_TRUE(JsonReader::read(alloc.leak_report().to_json()).has_value());
  const auto box = alloc.with_tag("quo\"te", [&] { return alloc.pool_box<game::Enemy>(); });
  auto* const raw = alloc.pool_alloc<double>();
  const std::uint32_t line = __LINE__ - 1;
  for (int i = 0; i < 3; ++i) {
    alloc.begin_frame();
    alloc.end_frame();
  }
  const std::string text = alloc.leak_report().to_json();
  const auto json = JsonReader::read(text);
  ASSERT_TRUE(json.has_value()) << text;
  EXPECT_EQ(json->at("schema")->text, "framealloc.leaks.v1");
  EXPECT_EQ(json->at("frame")->number, 3.0);
  EXPECT_EQ(json->at("total_count")->number, 2.0);
  ASSERT_EQ(json->at("groups")->items.size(), 2u);
  const auto& groups = json->at("groups")->items;
  const auto& boxed = groups[0].at("type")->text == "game::Enemy" ? groups[0] : groups[1];
  const auto& other = &boxed == &groups[0] ? groups[1] : groups[0];
  EXPECT_EQ(boxed.at("tag")->text, "quo\"te");
  EXPECT_EQ(boxed.at("part")->text, "pool");
  EXPECT_NE(boxed.at("file")->text.find("leak_parts_test.cpp"), std::string::npos);
  EXPECT_EQ(boxed.at("line")->number, static_cast<double>(line - 1));
  EXPECT_NE(boxed.at("function")->text, "");
  EXPECT_EQ(other.at("line")->number, static_cast<double>(line));
  EXPECT_EQ(other.at("age_frames")->number, 3.0);
  alloc.pool_free(raw);
}

TEST(LeakJson, EscapesWhatAStringMayNotHold) {
  LeakReport report;
  LeakGroup group;
  group.tag = std::string("a\nb\t\x01\\\"\xc3\xa4");
  group.part = "pool";
  report.groups.push_back(group);
  const auto json = JsonReader::read(report.to_json());
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->at("groups.0.tag")->text, group.tag);
  EXPECT_EQ(json->at("groups.0.age_frames")->kind, fa_test::Json::Kind::Null);
}

}  // namespace
}  // namespace framealloc
