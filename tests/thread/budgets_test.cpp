// SPDX-License-Identifier: MIT OR Apache-2.0
// Budgets and the memory limit through the whole allocator: deny exactly, come back, name the
// culprit.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::ReportLog;

class Budgets : public ::testing::Test {
 protected:
  ReportLog log;
  SmartAlloc alloc{
      AllocConfig::minimal().with_budgets().with_report_handler(&ReportLog::handler, &log)};
  std::size_t used(const char* tag) { return alloc.budgets()->get_tag_budget(tag)->current_usage; }
};

TEST_F(Budgets, ATagsLimitDeniesFrameMemoryExactly) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("fx", 0, 64 * 1000));
  for (int frame = 0; frame < 3; ++frame) {
    log.clear();
    alloc.begin_frame();
    alloc.with_tag("fx", [&] {
      for (int i = 0; i < 1000; ++i) ASSERT_NE(alloc.frame_alloc<char[64]>(), nullptr) << i;
      EXPECT_EQ(alloc.frame_remaining(), 0u);
      EXPECT_EQ(alloc.frame_alloc<char>(), nullptr);
    });
    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().code, Code::FA311);
    EXPECT_EQ(log.last().tag, "fx");
    EXPECT_EQ(log.last().requested, 16u);
    EXPECT_EQ(log.last().available, 0u);
    EXPECT_NE(alloc.frame_alloc<char[64]>(), nullptr) << "others are not denied";
    alloc.end_frame();
    EXPECT_EQ(used("fx"), 0u);
  }
}

TEST_F(Budgets, ATagsLimitDeniesPoolMemoryExactly) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("ents", 0, 64 * 1000));
  std::vector<char(*)[64]> blocks;
  const TagScope scope = alloc.tag_scope("ents");
  for (int round = 0; round < 3; ++round) {
    log.clear();
    for (int i = 0; i < 1000; ++i) {
      blocks.push_back(alloc.pool_alloc<char[64]>());
      ASSERT_NE(blocks.back(), nullptr) << i;
    }
    EXPECT_EQ(alloc.pool_alloc<char[64]>(), nullptr);
    EXPECT_EQ(log.last().code, Code::FA311);
    EXPECT_EQ(log.last().tag, "ents");
    for (auto* block : blocks) alloc.pool_free(block);
    blocks.clear();
  }
}

TEST_F(Budgets, ATagsLimitDeniesHeapMemory) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("tex", 0, 1_MiB));
  const TagScope scope = alloc.tag_scope("tex");
  char* block = alloc.heap_alloc<char>(1_MiB);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(alloc.heap_alloc<char>(64_KiB), nullptr);
  EXPECT_EQ(log.last().code, Code::FA311);
  EXPECT_EQ(log.last().tag, "tex");
  alloc.heap_free(block);
  block = alloc.heap_alloc<char>(1_MiB);
  EXPECT_NE(block, nullptr);
  alloc.heap_free(block);
}

TEST_F(Budgets, SubTagsShareTheirParentsLimit) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("game", 0, 1024));
  alloc.begin_frame();
  alloc.with_tag("game::a", [&] { EXPECT_NE(alloc.frame_alloc<char[512]>(), nullptr); });
  alloc.with_tag("game::b", [&] {
    EXPECT_NE(alloc.frame_alloc<char[512]>(), nullptr);
    EXPECT_EQ(alloc.frame_alloc<char[16]>(), nullptr);
  });
  EXPECT_EQ(log.last().tag, "game::b");
  EXPECT_NE(log.last().message.find("the budget of tag 'game'"),
            std::string::npos);  // whose limit it was
  alloc.end_frame();
  EXPECT_EQ(used("game"), 0u);
}

TEST_F(Budgets, ComeBackWithARollback) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("t", 0, 4096));
  alloc.begin_frame();
  const TagScope scope = alloc.tag_scope("t");
  for (int i = 0; i < 10; ++i) {
    const FrameScope inner = alloc.frame_scope();
    ASSERT_NE(alloc.frame_alloc<char[4096]>(), nullptr);
    ASSERT_EQ(alloc.frame_alloc<char[16]>(), nullptr);
  }
  EXPECT_EQ(used("t"), 0u);
}

TEST_F(Budgets, AWorkersChargesComeBackAtTheDriversEnd) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("t", 0, 64_KiB));
  for (int frame = 0; frame < 5; ++frame) {
    alloc.begin_frame();
    std::thread([&] {
      const TagScope scope = alloc.tag_scope("t");
      for (int i = 0; i < 1024; ++i) ASSERT_NE(alloc.frame_alloc<char[64]>(), nullptr);
      EXPECT_EQ(alloc.frame_alloc<char[64]>(), nullptr);
    }).join();
    EXPECT_EQ(used("t"), 64_KiB);
    alloc.end_frame();
    EXPECT_EQ(used("t"), 0u) << frame;
  }
}

// Frames that are only bumped begin and end in a few instructions; nothing of them stays charged.
TEST_F(Budgets, PlainFramesAreChargedAndComeBack) {
  alloc.budgets()->set_global_budget(0, 300_KiB);
  for (int frame = 0; frame < 20; ++frame) {
    alloc.begin_frame();
    EXPECT_EQ(alloc.budgets()->current_usage(), 0u) << frame;
    ASSERT_NE(alloc.frame_alloc<char[100 << 10]>(), nullptr);
    EXPECT_GE(alloc.budgets()->current_usage(), 100_KiB);
    EXPECT_EQ(alloc.frame_alloc<char[201 << 10]>(), nullptr);
    ASSERT_NE(alloc.frame_alloc<char[200 << 10]>(), nullptr);
    EXPECT_EQ(alloc.budgets()->current_usage(), 300_KiB);
    ASSERT_TRUE(frame == 0 || alloc.frame_arena().bumped_charged())
        << "the frame takes the long way";
    alloc.end_frame();
    EXPECT_EQ(alloc.budgets()->current_usage(), 0u) << frame;
  }
  EXPECT_EQ(alloc.budgets()->get_global_budget().denials, 20u);
  EXPECT_EQ(alloc.budgets()->get_global_budget().peak_usage, 300_KiB);
}

// Charged at once, as far as an eighth of what is left allows.
TEST_F(Budgets, AFrameIsExpectedToBecomeAsLargeAsTheLastOne) {
  alloc.budgets()->set_global_budget(0, 64_MiB);
  for (int frame = 0; frame < 3; ++frame) {
    alloc.begin_frame();
    ASSERT_NE(alloc.frame_alloc<char[64]>(), nullptr);
    EXPECT_EQ(alloc.budgets()->current_usage(), frame == 0 ? 64_KiB : 200_KiB + 64) << frame;
    ASSERT_NE(alloc.frame_alloc<char[200 << 10]>(), nullptr);
    alloc.end_frame();
  }
  alloc.budgets()->set_global_budget(0, 400_KiB);
  alloc.begin_frame();
  ASSERT_NE(alloc.frame_alloc<char[64]>(), nullptr);
  EXPECT_LE(alloc.budgets()->current_usage(), 50_KiB) << "others need room, too";
  alloc.end_frame();
}

TEST_F(Budgets, APlainFrameThatAnotherThreadEndsComesBack) {
  for (int frame = 0; frame < 6; ++frame) {
    alloc.begin_frame();
    ASSERT_NE(alloc.frame_alloc<char[64]>(), nullptr);
    EXPECT_GT(alloc.budgets()->current_usage(), 0u);
    if (frame % 3 == 2) {
      std::thread([&] { alloc.end_frame(); }).join();
    } else {
      alloc.end_frame();
    }
    EXPECT_EQ(alloc.budgets()->current_usage(), 0u) << frame;
  }
}

TEST_F(Budgets, AHandlerThatEndsTheFrameLeavesNothingCharged) {
  alloc.budgets()->set_global_budget(1, 0);
  alloc.budgets()->set_event_handler(
      [](const BudgetEvent& event, void* self) {
        if (event.kind == BudgetEvent::Kind::SoftLimitExceeded) {
          static_cast<SmartAlloc*>(self)->end_frame();
        }
      },
      &alloc);
  for (int frame = 0; frame < 4; ++frame) {
    log.clear();
    alloc.begin_frame();
    EXPECT_EQ(alloc.frame_alloc<char[64]>(), nullptr);
    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().code, Code::FA001);
    EXPECT_EQ(alloc.budgets()->current_usage(), 0u) << frame;
  }
}

TEST_F(Budgets, TheGlobalBudgetDeniesTheSum) {
  alloc.budgets()->set_global_budget(0, 100_KiB);
  alloc.begin_frame();
  EXPECT_NE(alloc.frame_alloc<char[50 << 10]>(), nullptr);
  char* heap = alloc.heap_alloc<char>(40_KiB);
  EXPECT_NE(heap, nullptr);
  EXPECT_EQ(alloc.frame_alloc<char[20 << 10]>(), nullptr);
  EXPECT_EQ(log.last().code, Code::FA310);
  EXPECT_EQ(alloc.heap_alloc<char>(20_KiB), nullptr);
  EXPECT_EQ(log.last().code, Code::FA310);
  alloc.heap_free(heap);
  EXPECT_NE(alloc.frame_alloc<char[20 << 10]>(), nullptr);
  alloc.end_frame();
}

TEST_F(Budgets, FrameRemainingIsWhatCanBeHad) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("t", 0, 10000));
  alloc.begin_frame();
  EXPECT_EQ(alloc.frame_remaining(), SIZE_MAX);
  const TagScope scope = alloc.tag_scope("t");
  EXPECT_EQ(alloc.frame_remaining(), 10000u);
  (void)alloc.frame_alloc<char[160]>();
  EXPECT_EQ(alloc.frame_remaining(), 9840u);
  EXPECT_NE(alloc.frame_alloc_layout(9840, 16), nullptr);
  EXPECT_EQ(alloc.frame_remaining(), 0u);
}

TEST_F(Budgets, AHandlerMayAllocateAndAsk) {
  struct Context {
    SmartAlloc* alloc;
    int events = 0;
  } context{&alloc};
  alloc.budgets()->set_event_handler(
      [](const BudgetEvent&, void* p) {
        auto& c = *static_cast<Context*>(p);
        ++c.events;
        (void)c.alloc->frame_alloc<char[64]>();
        (void)c.alloc->budgets()->get_all_tag_budgets();
        c.alloc->pool_free(c.alloc->pool_alloc<int>());
      },
      &context);
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("t", 1000, 4096));
  alloc.begin_frame();
  alloc.with_tag("t", [&] {
    while (alloc.frame_alloc<char[128]>() != nullptr) {
    }
  });
  EXPECT_GT(context.events, 1);
  alloc.end_frame();
  EXPECT_EQ(used("t"), 0u);
}

TEST(MemoryLimit, CountsWhatIsReservedAndDenies) {
  ReportLog log;
  constexpr std::size_t kLimit = 8_MiB;
  SmartAlloc alloc(AllocConfig::minimal().with_memory_limit(kLimit).with_report_handler(
      &ReportLog::handler, &log));
  ASSERT_TRUE(alloc);
  alloc.begin_frame();
  std::size_t served = 0;
  while (alloc.frame_alloc<char[10000]>() != nullptr) served += 10000;
  EXPECT_EQ(log.last().code, Code::FA310);
  EXPECT_LE(alloc.stats().reserved, kLimit);
  EXPECT_LE(alloc.stats().peak_reserved, kLimit);
  EXPECT_GT(served, kLimit / 2);
  EXPECT_EQ(alloc.heap_alloc<char>(2_MiB), nullptr);
  EXPECT_EQ(log.last().code, Code::FA310);
  alloc.end_frame();
  alloc.begin_frame();
  EXPECT_NE(alloc.frame_alloc<char[10000]>(), nullptr);
  alloc.end_frame();
  EXPECT_LE(alloc.stats().peak_reserved, kLimit);
}

TEST(MemoryLimit, TooSmallForTheAllocatorItselfIsAnError) {
  const Result<SmartAlloc> made =
      SmartAlloc::create(AllocConfig::minimal().with_memory_limit(1000));
  ASSERT_FALSE(made);
  EXPECT_FALSE(made.error().message.empty());
}

TEST(MemoryLimit, SmallerThanTheArenaStillServesWhatFits) {
  ReportLog log;
  SmartAlloc alloc(AllocConfig::minimal()
                       .with_frame_arena_size(64_MiB)
                       .with_memory_limit(4_MiB)
                       .with_report_handler(&ReportLog::handler, &log));
  ASSERT_TRUE(alloc);
  alloc.begin_frame();
  EXPECT_NE(alloc.frame_alloc<char[1000]>(), nullptr);
  EXPECT_LE(alloc.stats().peak_reserved, 4_MiB);
  alloc.end_frame();
}

}  // namespace
}  // namespace framealloc
