// SPDX-License-Identifier: MIT OR Apache-2.0
// Frame memory given back by a thread that has no business with the arena.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <utility>

namespace framealloc {
namespace {

using testing::ReportLog;

class WrongThread : public ::testing::Test {
 protected:
  ReportLog log;
  SmartAlloc alloc{AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log)};
  void SetUp() override { alloc.begin_frame(); }
  void TearDown() override {
    alloc.end_frame();
    EXPECT_EQ(alloc.stats().frame_allocated, 0U);
  }
};

TEST_F(WrongThread, RewindingIsRefusedAndTold) {
  FrameArena& arena = alloc.frame_arena();
  const FrameCheckpoint start = arena.checkpoint();
  (void)alloc.frame_alloc<char[64]>();
  std::thread([&] { EXPECT_FALSE(arena.rewind(start)); }).join();
  EXPECT_EQ(arena.position(), 64U) << "nothing was freed";
  EXPECT_EQ(log.count(Code::FA210), 1U);
  EXPECT_TRUE(arena.rewind(start));
  EXPECT_EQ(arena.position(), 0U);
  EXPECT_EQ(log.size(), 1U);
}

TEST_F(WrongThread, ScopesThatEndElsewhereFreeNothing) {
  (void)alloc.frame_checkpoint();  // the frame is no longer plain: scopes end the careful way
  std::optional<FrameScope> scope;
  scope.emplace(alloc.frame_arena());
  (void)alloc.frame_alloc<char[64]>();
  std::thread([&] { scope.reset(); }).join();
  EXPECT_EQ(alloc.frame_arena().position(), 64U);
  EXPECT_EQ(log.count(Code::FA210), 1U);
}

TEST_F(WrongThread, ContainersThatEndElsewhereLeaveTheirMemoryToTheFrame) {
  std::optional<FrameVec<int>> numbers(alloc.frame_vec<int>(16));
  numbers->push_back(1);
  std::thread([&] { numbers.reset(); }).join();
  EXPECT_EQ(alloc.frame_arena().position(), 64U);
  EXPECT_EQ(log.size(), 0U) << "a job's result may end on the thread that took it";
}

TEST_F(WrongThread, TheFramesEndOnTheDriverIsNotMeant) {
  std::thread([&] {
    struct Holder {
      FrameVec<int> numbers;
    };
    // Its destructor runs on the driver, when the frame ends.
    (void)alloc.frame_new<Holder>(Holder{alloc.frame_vec<int>(4)});
  }).join();
  alloc.end_frame();
  alloc.begin_frame();
  EXPECT_EQ(log.count(Code::FA210), 0U);
}

}  // namespace
}  // namespace framealloc
