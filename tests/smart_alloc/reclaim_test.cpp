// SPDX-License-Identifier: MIT OR Apache-2.0
// A denial is true: what could have been given back has been, by every allocator alike.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "smart_alloc/fill.hpp"
#include "support/report_log.hpp"

namespace framealloc {
namespace {

using namespace framealloc::literals;
using testing::fill;
using testing::ReportLog;

struct Large {
  std::byte bytes[512 << 10];
};

// A request of 512 KiB of each allocator that all threads share; release gives it back.
struct Part {
  const char* name;
  bool (*request)(SmartAlloc& alloc);
  void (*release)(SmartAlloc& alloc);
};

const Part kParts[] = {
    {"handles", [](SmartAlloc& alloc) { return bool(alloc.handles().alloc_raw<Large>()); },
     [](SmartAlloc& alloc) {
       std::vector<Handle<Large>> all;
       alloc.handles().for_each<Large>(
           [&](Handle<Large> handle, Large&) { all.push_back(handle); });
       for (const Handle<Large> handle : all) EXPECT_TRUE(alloc.handles().free(handle));
     }},
    {"streaming",
     [](SmartAlloc& alloc) {
       return bool(alloc.streaming().reserve(512_KiB, StreamPriority::Critical));
     },
     [](SmartAlloc& alloc) {
       for (std::uint64_t id = 1; id < 4; ++id) (void)alloc.streaming().free(StreamId(id));
     }},
    {"groups",
     [](SmartAlloc& alloc) {
       const GroupId group = alloc.groups().create_group("room");
       const bool got = alloc.groups().alloc_layout(group, 512_KiB, 16) != nullptr;
       if (!got) (void)alloc.groups().free_group(group);
       return got;
     },
     [](SmartAlloc&) {}},
    {"scratch",
     [](SmartAlloc& alloc) {
       ScratchPoolHandle pool = alloc.scratch().get_or_create("room", 600_KiB);
       return pool && pool.alloc_bytes(512_KiB, 16) != nullptr;
     },
     [](SmartAlloc& alloc) { EXPECT_TRUE(alloc.scratch().remove("room")); }},
};

class Room : public ::testing::TestWithParam<Part> {
 protected:
  ReportLog log;
  AllocConfig config = AllocConfig::minimal()
                           .with_streaming_budget(64_MiB)
                           .with_pressure_threshold(0)
                           .with_report_handler(&ReportLog::handler, &log);
  // Makes the part, so that its records are not what is lacking.
  void warm(SmartAlloc& alloc) {
    ASSERT_TRUE(GetParam().request(alloc));
    GetParam().release(alloc);
  }
};

TEST_P(Room, AtTheMemoryLimitWhoeverListensIsAskedFirst) {
  SmartAlloc alloc(config.with_memory_limit(16_MiB));
  warm(alloc);
  std::vector<std::byte*> cache = fill(alloc, 200_KiB);
  ASSERT_GT(cache.size(), 20u);
  log.clear();
  std::vector<PressureEvent> events;
  ASSERT_TRUE(alloc.on_memory_pressure([&](const PressureEvent& event) {
    events.push_back(event);
    for (int i = 0; i < 20; ++i) {
      alloc.heap_free(cache.back());
      cache.pop_back();
    }
  }));
  EXPECT_TRUE(GetParam().request(alloc));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].reason, PressureReason::Limit);
  EXPECT_GE(events[0].requested, 512_KiB);
  EXPECT_EQ(log.size(), 0u);
  alloc.on_memory_pressure(nullptr, nullptr);
  for (std::byte* block : cache) alloc.heap_free(block);
}

TEST(RoomOfParts, APartIsMadeInRoomThatWasMadeForIt) {
  ReportLog log;
  SmartAlloc alloc(AllocConfig::minimal().with_memory_limit(16_MiB).with_report_handler(
      &ReportLog::handler, &log));
  std::vector<std::byte*> cache = fill(alloc, 200_KiB);
  log.clear();
  ASSERT_TRUE(alloc.on_memory_pressure([&](const PressureEvent&) {
    for (; cache.size() > 20; cache.pop_back()) alloc.heap_free(cache.back());
  }));
  EXPECT_TRUE(alloc.streaming().reserve(4096));
  EXPECT_EQ(log.size(), 0u);
  for (std::byte* block : cache) alloc.heap_free(block);
}

TEST_P(Room, AtTheMemoryLimitWhatLiesReadyGoesFirst) {
  SmartAlloc alloc(config.with_memory_limit(16_MiB));
  struct Block {
    std::byte bytes[2048];
  };
  std::vector<Block*> ready;
  for (int i = 0; i < 1500; ++i) ready.push_back(alloc.pool_alloc<Block>());
  const std::vector<std::byte*> full = fill(alloc, 200_KiB);
  for (Block* block : ready) alloc.pool_free(block);  // on this thread's list, in its pages
  log.clear();
  EXPECT_TRUE(GetParam().request(alloc));
  EXPECT_EQ(log.size(), 0u);
  for (std::byte* block : full) alloc.heap_free(block);
}

TEST_P(Room, AtTheMemoryLimitADenialIsToldOnceWithItsFigures) {
  SmartAlloc alloc(config.with_memory_limit(16_MiB));
  warm(alloc);
  std::vector<std::byte*> full;
  if (std::string(GetParam().name) == "groups" || std::string(GetParam().name) == "scratch") {
    while (GetParam().request(alloc)) {
    }
  } else {
    full = fill(alloc, 200_KiB);
  }
  log.clear();
  int asked = 0;
  ASSERT_TRUE(alloc.on_memory_pressure([&](const PressureEvent&) { ++asked; }));
  EXPECT_FALSE(GetParam().request(alloc));
  EXPECT_EQ(asked, 1);
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log.last().code, Code::FA310);
  EXPECT_GE(log.last().requested, 512_KiB);
  EXPECT_EQ(log.last().available, 16_MiB - alloc.stats().reserved);
  alloc.on_memory_pressure(nullptr, nullptr);
  for (std::byte* block : full) alloc.heap_free(block);
}

TEST_P(Room, AtABudgetBlocksThatLieReadyGiveWay) {
  SmartAlloc alloc(config.with_budgets());
  warm(alloc);
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("part", 0, 2_MiB + 256_KiB));
  const TagScope scope = alloc.tag_scope("part");
  struct Block {
    std::byte bytes[2048];
  };
  std::vector<Block*> blocks;
  for (int i = 0; i < 1024; ++i) blocks.push_back(alloc.pool_alloc<Block>());
  for (Block* block : blocks) alloc.pool_free(block);
  ASSERT_GE(alloc.budgets()->get_tag_budget("part")->current_usage, 2_MiB) << "kept ready";
  EXPECT_TRUE(GetParam().request(alloc));
  EXPECT_EQ(log.size(), 0u);
  EXPECT_EQ(alloc.budgets()->get_tag_budget("part")->denials, 0u);
}

TEST_P(Room, AtABudgetWhatAScratchPoolDoesNotUseGivesWay) {
  SmartAlloc alloc(config.with_budgets());
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("part", 0, 2_MiB + 256_KiB));
  const TagScope scope = alloc.tag_scope("part");
  ScratchPoolHandle other = alloc.scratch().get_or_create("other", 16_KiB);
  ASSERT_TRUE(other);
  ASSERT_NE(other.alloc_bytes(1000, 16), nullptr);
  ASSERT_NE(other.alloc_bytes(1700_KiB, 16), nullptr);
  ASSERT_TRUE(other.reset());
  EXPECT_TRUE(GetParam().request(alloc));
  EXPECT_EQ(log.size(), 0u);
}

TEST_P(Room, AtABudgetADenialIsToldOnceWithItsFigures) {
  SmartAlloc alloc(config.with_budgets());
  warm(alloc);
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("part", 0, 2_MiB));
  const TagScope scope = alloc.tag_scope("part");
  std::byte* const held = alloc.heap_alloc<std::byte>(1_MiB + 512_KiB + 16);
  ASSERT_NE(held, nullptr);
  (void)alloc.pool_alloc<int>();  // and a portion of blocks, of which one is in use
  log.clear();
  std::vector<std::size_t> told;
  alloc.budgets()->set_event_handler(
      [](const BudgetEvent& event, void* context) {
        static_cast<std::vector<std::size_t>*>(context)->push_back(event.requested);
      },
      &told);
  EXPECT_FALSE(GetParam().request(alloc));
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log.last().code, Code::FA311);
  EXPECT_EQ(log.last().tag, "part");
  EXPECT_EQ(log.last().available, 512_KiB - 16 - 16) << "but for the one block";
  EXPECT_GE(log.last().requested, 512_KiB);
  EXPECT_EQ(alloc.budgets()->get_tag_budget("part")->denials, 1u);
  ASSERT_EQ(told.size(), 1u);
  alloc.budgets()->set_event_handler(nullptr, nullptr);
  alloc.heap_free(held);
}

INSTANTIATE_TEST_SUITE_P(Parts, Room, ::testing::ValuesIn(kParts),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace framealloc
