// SPDX-License-Identifier: MIT OR Apache-2.0
// Frames by the hooks of a schedule, and by hooks that are missing.
#include <framealloc/ecs/plugin.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/report_log.hpp"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace framealloc::ecs {
namespace {

class EcsFramePlugin : public ::testing::Test {
 protected:
  framealloc::testing::ReportLog log;
  SmartAlloc alloc{
      AllocConfig::minimal().with_report_handler(&framealloc::testing::ReportLog::handler, &log)};
};

TEST_F(EcsFramePlugin, FirstAndLastAreAFrame) {
  FramePlugin plugin(alloc);
  EXPECT_TRUE(plugin.allocator() == alloc);
  for (std::uint64_t frame = 1; frame <= 10; ++frame) {
    plugin.first();
    EXPECT_TRUE(alloc.in_frame());
    EXPECT_EQ(alloc.frame_number(), frame);
    EXPECT_NE(alloc.frame_alloc<double>(), nullptr);
    plugin.last();
    EXPECT_FALSE(alloc.in_frame());
    EXPECT_EQ(plugin.stats().frames, frame);
  }
  EXPECT_EQ(plugin.stats().missed, 0U);
  EXPECT_EQ(log.size(), 0U);
}

TEST_F(EcsFramePlugin, ATickIsTheEndOfOneFrameAndTheBeginningOfTheNext) {
  {
    FramePlugin plugin(alloc);
    for (int i = 0; i < 5; ++i) {
      plugin.tick();
      EXPECT_NE(alloc.frame_alloc<double>(), nullptr);
    }
    EXPECT_EQ(plugin.stats().frames, 4U);
  }
  EXPECT_FALSE(alloc.in_frame()) << "the plugin ends the last one";
  EXPECT_EQ(alloc.frame_number(), 5U);
  EXPECT_EQ(log.size(), 0U);
}

TEST_F(EcsFramePlugin, AFrameThatNobodyEndedIsEndedAndReported) {
  FramePlugin plugin(alloc);
  plugin.first();
  ASSERT_NE(alloc.frame_alloc<double>(), nullptr);
  plugin.first();
  EXPECT_EQ(log.count(Code::FA102), 1U);
  EXPECT_NE(log.last().message.find("last() did not run"), std::string::npos);
  EXPECT_EQ(alloc.frame_stats().bytes_allocated, 0U) << "a new frame";
  EXPECT_EQ(alloc.frame_number(), 2U);
  plugin.last();
  EXPECT_EQ(plugin.stats().frames, 2U);
  EXPECT_EQ(plugin.stats().missed, 1U);
  EXPECT_EQ(log.size(), 1U);
}

TEST_F(EcsFramePlugin, ALastWithoutAFirstIsReportedAndNothingElse) {
  FramePlugin plugin(alloc);
  plugin.last();
  EXPECT_EQ(log.count(Code::FA102), 1U);
  EXPECT_NE(log.last().message.find("first() did not run"), std::string::npos);
  EXPECT_EQ(plugin.stats().frames, 0U);
  EXPECT_EQ(plugin.stats().missed, 1U);
  EXPECT_EQ(log.count(Code::FA004), 0U) << "the allocator is not bothered";
}

TEST_F(EcsFramePlugin, HooksThatNeverRanAreReportedAtTheEnd) {
  {
    const FramePlugin plugin(alloc);
  }
  EXPECT_EQ(log.count(Code::FA101), 1U);
  EXPECT_NE(log.last().message.find("first()"), std::string::npos);
  {
    FramePlugin plugin(alloc);
    plugin.first();
  }
  EXPECT_EQ(log.count(Code::FA101), 1U) << "these did";
  EXPECT_FALSE(alloc.in_frame());
}

// Whatever the source denies, the hooks make frames.
TEST_F(EcsFramePlugin, EachRequestToTheSourceMayFail) {
  for (const bool sticky : {false, true}) {
    for (std::uint64_t fail_at = 1;; ++fail_at) {
      SCOPED_TRACE(::testing::Message() << "request " << fail_at);
      ASSERT_LT(fail_at, 100U);
      CountingSource counted(system_source());
      FailingSource source(counted, fail_at, sticky);
      log.clear();
      {
        SmartAlloc small(AllocConfig::minimal()
                             .with_report_handler(&framealloc::testing::ReportLog::handler, &log)
                             .with_upstream(&source));
        FramePlugin plugin(small);
        std::size_t denied = 0;
        for (std::uint64_t frame = 1; frame <= 5; ++frame) {
          plugin.first();
          denied += small.frame_alloc_batch<std::byte>(20'000) == nullptr ? 1U : 0U;
          plugin.last();
          EXPECT_EQ(plugin.stats().frames, frame);
        }
        EXPECT_EQ(plugin.stats().missed, 0U);
        EXPECT_TRUE(denied == 0 || log.size() != 0) << "the loss is told";
      }
      EXPECT_EQ(counted.bytes_in_use(), 0U);
      if (source.failures() == 0) break;
    }
  }
}

// A plain thread pool, as in the README: hooks on whichever worker, frame memory on every one.
class Pool {
 public:
  explicit Pool(std::size_t workers) {
    for (std::size_t i = 0; i < workers; ++i) {
      threads_.emplace_back([this] { work(); });
    }
  }
  ~Pool() {
    {
      const std::lock_guard guard(lock_);
      ending_ = true;
    }
    wake_.notify_all();
  }
  void run(std::vector<std::function<void()>> jobs) {
    std::unique_lock guard(lock_);
    jobs_ = std::move(jobs);
    left_ = jobs_.size();
    wake_.notify_all();
    done_.wait(guard, [&] { return left_ == 0; });
  }

 private:
  void work() {
    std::unique_lock guard(lock_);
    for (;;) {
      wake_.wait(guard, [&] { return ending_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      const std::function<void()> job = std::move(jobs_.back());
      jobs_.pop_back();
      guard.unlock();
      job();
      guard.lock();
      if (--left_ == 0) done_.notify_all();
    }
  }
  std::mutex lock_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::vector<std::function<void()>> jobs_;
  std::size_t left_ = 0;
  bool ending_ = false;
  std::vector<std::jthread> threads_;
};

TEST_F(EcsFramePlugin, WorkersTakeFrameMemoryAndTheEndEndsItOnAllOfThem) {
  FramePlugin plugin(alloc);
  Pool pool(3);
  for (int frame = 0; frame < 200; ++frame) {
    pool.run({[&] { plugin.first(); }});
    std::vector<std::function<void()>> systems;
    for (int i = 0; i < 6; ++i) {
      systems.emplace_back([this, i] {
        auto* const block = alloc.frame_alloc_batch<int>(100);
        ASSERT_NE(block, nullptr);
        for (int k = 0; k < 100; ++k) block[k] = i;
        for (int k = 0; k < 100; ++k) ASSERT_EQ(block[k], i);
      });
    }
    pool.run(std::move(systems));
    EXPECT_EQ(alloc.frame_stats().bytes_allocated, std::size_t{6} * 400);
    pool.run({[&] { plugin.last(); }});
    EXPECT_EQ(alloc.stats().frame_allocated, 0U);
  }
  EXPECT_EQ(plugin.stats().frames, 200U);
  EXPECT_EQ(log.size(), 0U);
}

}  // namespace
}  // namespace framealloc::ecs
