// SPDX-License-Identifier: MIT OR Apache-2.0
// What threads are charged for and do not use: bounded, named when it is why a request is denied,
// and back as soon as its thread takes a slow path.
#include "support/report_log.hpp"
#include "thread/block.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <array>
#include <barrier>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::Block;
using testing::ReportLog;

constexpr int kThreads = 4;

// Threads that do what the test says, one step at a time, and otherwise stand still: a thread that
// does nothing cannot be made to give anything back.
class Crew {
 public:
  Crew() {
    for (int i = 0; i < kThreads; ++i) {
      threads_.emplace_back([this, i] {
        for (;;) {
          step_.arrive_and_wait();
          if (!work_) return;
          work_(i);
          step_.arrive_and_wait();
        }
      });
    }
  }
  ~Crew() {
    work_ = nullptr;
    step_.arrive_and_wait();
    for (std::thread& thread : threads_) thread.join();
  }
  // Runs work(number) on every thread.
  void run(std::function<void(int)> work) {
    work_ = std::move(work);
    step_.arrive_and_wait();
    step_.arrive_and_wait();
  }

 private:
  std::barrier<> step_{kThreads + 1};
  std::function<void(int)> work_;
  std::vector<std::thread> threads_;
};

class Recall : public ::testing::Test {
 protected:
  ReportLog log;
  SmartAlloc alloc{
      AllocConfig::minimal().with_budgets().with_report_handler(&ReportLog::handler, &log)};
  std::vector<BudgetEvent> denials;

  Recall() {
    alloc.budgets()->set_event_handler(
        [](const BudgetEvent& event, void* self) {
          if (event.requested != 0) static_cast<Recall*>(self)->denials.push_back(event);
        },
        this);
  }
  [[nodiscard]] std::size_t used() { return alloc.budgets()->get_tag_budget("t")->current_usage; }
};

// The bound: an arena is charged at most 64 KiB or its last frame ahead, a list of the pool one
// portion, 8 KiB or one block, and no charge takes more than an eighth of what is left ahead of its
// need.
TEST_F(Recall, WhatIsChargedAheadIsBounded) {
  Crew crew;
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("t", 0, 64_MiB));
  alloc.begin_frame();
  crew.run([&](int) {
    const TagScope scope = alloc.tag_scope("t");
    ASSERT_NE(alloc.frame_alloc<Block>(), nullptr);
  });
  alloc.with_tag("t", [&] { (void)alloc.frame_alloc<Block>(); });
  crew.run([&](int) { (void)alloc.process_deferred_frees(0); });
  crew.run([&](int) {
    const TagScope scope = alloc.tag_scope("t");
    (void)alloc.frame_alloc<Block>();
    EXPECT_LE(used(), 64_MiB);
  });
  EXPECT_LE(used(), (kThreads + 1) * (64_KiB + 2 * sizeof(Block)));
  alloc.end_frame();
  EXPECT_EQ(used(), 0u);

  crew.run([&](int) {
    const TagScope scope = alloc.tag_scope("t");
    alloc.pool_free(alloc.pool_alloc<Block>());
    alloc.pool_free(alloc.pool_alloc<std::array<Block, 48>>());
  });
  EXPECT_LE(used(), kThreads * 2 * 8_KiB);
  EXPECT_GT(used(), 0u);

  ASSERT_TRUE(alloc.budgets()->register_tag_budget("t", 0, used() + 8000));
  alloc.begin_frame();
  alloc.with_tag("t", [&] {
    ASSERT_NE(alloc.frame_alloc<Block>(), nullptr);
    // What is left is what was left before but for an eighth.
    EXPECT_GE(alloc.budgets()->get_tag_budget("t")->hard_limit - used(), 7000u);
  });
  alloc.end_frame();
}

TEST_F(Recall, QuotasOfFramesAreNamedAndComeBackWithTheNextCall) {
  Crew crew;
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("t", 0, 8_MiB));
  alloc.begin_frame();
  std::array<std::byte*, kThreads> first{};
  // Within the tag for the whole frame, as jobs of one system are.
  crew.run([&](int i) {
    const TagScope scope = alloc.tag_scope("t");
    first[static_cast<std::size_t>(i)] = alloc.frame_alloc<std::byte>();
    EXPECT_GT(used(), 0u);
  });
  EXPECT_EQ(used(), kThreads * 16u) << "a thread that leaves the tag leaves its quota";
  alloc.end_frame();

  alloc.budgets()->set_global_budget(0, 2_MiB);
  alloc.begin_frame();
  crew.run([&](int) { ASSERT_NE(alloc.frame_alloc<Block>(), nullptr); });
  const std::size_t charged = alloc.budgets()->current_usage();
  const std::size_t ahead = charged - kThreads * sizeof(Block);
  ASSERT_GT(ahead, kThreads * 32_KiB);
  const std::size_t wanted = 2_MiB - charged + ahead / 2;
  EXPECT_EQ(alloc.frame_alloc_layout(wanted, 16), nullptr);
  ASSERT_EQ(denials.size(), 1u);
  EXPECT_EQ(denials[0].ready_elsewhere, ahead);
  EXPECT_EQ(denials[0].current, charged);
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log.last().code, Code::FA310);
  EXPECT_NE(log.last().message.find("(" + std::to_string(ahead) + " B) of it ready"),
            std::string::npos)
      << log.last().message;
  // All that the others do is to go on.
  crew.run([&](int) { ASSERT_NE(alloc.frame_alloc<Block>(), nullptr); });
  EXPECT_NE(alloc.frame_alloc_layout(wanted, 16), nullptr);
  EXPECT_EQ(denials.size(), 1u);
  alloc.end_frame();
}

TEST_F(Recall, BlocksThatThreadsKeepReadyAreNamedAndComeBack) {
  Crew crew;
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("t", 0, 1_MiB));
  std::array<std::vector<Block*>, kThreads> blocks;
  crew.run([&](int i) {
    const TagScope scope = alloc.tag_scope("t");
    auto& mine = blocks[static_cast<std::size_t>(i)];
    for (int n = 0; n < 4000; ++n) mine.push_back(alloc.pool_alloc<Block>());
    ASSERT_NE(mine.back(), nullptr);
    for (Block* block : mine) alloc.pool_free(block);
  });
  const std::size_t ready = used();
  ASSERT_GE(ready, kThreads * 4000u * 64u);
  const TagScope scope = alloc.tag_scope("t");
  EXPECT_EQ(alloc.heap_alloc<std::byte>(512_KiB), nullptr);
  EXPECT_EQ(alloc.streaming().reserve(512_KiB), StreamId());
  ASSERT_EQ(denials.size(), 2u);
  for (const BudgetEvent& denial : denials) EXPECT_EQ(denial.ready_elsewhere, ready);
  for (const ReportLog::Entry& entry : log.all()) {
    EXPECT_EQ(entry.code, Code::FA311);
    EXPECT_NE(entry.message.find("other threads keep"), std::string::npos) << entry.message;
  }
  crew.run([&](int) { (void)alloc.process_deferred_frees(0); });
  EXPECT_EQ(used(), 0u);
  std::byte* const block = alloc.heap_alloc<std::byte>(512_KiB);
  EXPECT_NE(block, nullptr);
  alloc.heap_free(block);
}

TEST_F(Recall, OnlyWhatTheLimitIsAboutIsNamed) {
  Crew crew;
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("t", 0, 4096));
  crew.run([&](int i) {
    const TagScope other = alloc.tag_scope(i % 2 == 0 ? "t::part" : "u");
    alloc.pool_free(alloc.pool_alloc<Block>());
  });
  const TagScope scope = alloc.tag_scope("t");
  EXPECT_EQ(alloc.heap_alloc<std::byte>(4096), nullptr);
  ASSERT_EQ(denials.size(), 1u);
  EXPECT_EQ(denials[0].ready_elsewhere, used()) << "of the tag and those below it";
  EXPECT_GT(denials[0].ready_elsewhere, 0u);
}

TEST_F(Recall, AThreadThatEndsLeavesNoQuotaBehind) {
  alloc.budgets()->set_global_budget(0, 1_MiB);
  alloc.begin_frame();
  std::thread([&] { EXPECT_NE(alloc.frame_alloc<Block>(), nullptr); }).join();
  EXPECT_EQ(alloc.budgets()->current_usage(), sizeof(Block));
  EXPECT_NE(alloc.frame_alloc_layout(1_MiB - sizeof(Block), 16), nullptr);
  EXPECT_EQ(log.size(), 0u);
  alloc.end_frame();
}

// A frame that is only bumped ends the short way, but not past a recall.
TEST_F(Recall, TheDrivingThreadAnswersAtTheEndOfItsFrame) {
  const auto plain_frame = [&] {
    alloc.begin_frame();
    ASSERT_NE(alloc.frame_alloc<Block>(), nullptr);
    ASSERT_TRUE(alloc.frame_number() == 1 || alloc.frame_arena().bumped_charged());
    alloc.end_frame();
  };
  alloc.budgets()->set_global_budget(0, 64_KiB);
  alloc.pool_free(alloc.pool_alloc<Block>());
  const std::size_t ready = alloc.budgets()->current_usage();
  ASSERT_GT(ready, 0u);
  plain_frame();
  plain_frame();
  EXPECT_EQ(alloc.budgets()->current_usage(), ready) << "nobody has asked for it";
  std::thread([&] { EXPECT_EQ(alloc.heap_alloc<std::byte>(64_KiB), nullptr); }).join();
  ASSERT_EQ(denials.size(), 1u);
  EXPECT_EQ(denials[0].ready_elsewhere, ready);
  alloc.begin_frame();
  alloc.end_frame();
  EXPECT_EQ(alloc.budgets()->current_usage(), 0u);
}

// A thread keeps a frame of its own open while it asks for a block under the limit that its other
// arena is charged for ahead.
TEST_F(Recall, TheArenasOfTheCallerGiveWay) {
  alloc.budgets()->set_global_budget(0, 256_KiB);
  alloc.begin_frame();
  ASSERT_NE(alloc.frame_alloc<Block>(), nullptr);
  alloc.begin_thread_frame();
  ASSERT_NE(alloc.frame_alloc<Block>(), nullptr);
  std::byte* const block = alloc.heap_alloc<std::byte>(256_KiB - 2 * sizeof(Block));
  EXPECT_NE(block, nullptr);
  EXPECT_EQ(log.size(), 0u);
  alloc.heap_free(block);
  alloc.end_thread_frame();
  alloc.end_frame();
  EXPECT_EQ(alloc.budgets()->current_usage(), 0u);
}

}  // namespace
}  // namespace framealloc
