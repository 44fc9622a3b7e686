// SPDX-License-Identifier: MIT OR Apache-2.0
// FA702 at run time: frame memory that a task keeps over the end of the frame.
#include "async_rig.hpp"

#include <gtest/gtest.h>

namespace framealloc::async::test {
namespace {

class FrameWatch : public ::testing::Test {
 protected:
  FrameWatch() : alloc_(checked()) {}
  AllocConfig checked() {
    AllocConfig config = config_for(log_);
    config.checked = true;
    return config;
  }
  void next_frame() {
    alloc_.end_frame();
    alloc_.begin_frame();
    (void)frames_.pump();
  }
  ReportLog log_;
  SmartAlloc alloc_;
  FrameScheduler frames_{alloc_};
};

Task<> keeps(SmartAlloc& alloc, FrameScheduler& frames, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    (void)alloc.frame_alloc_batch<char>(100);
    co_await frames.next_frame();
  }
}

TEST_F(FrameWatch, NamesTaskFrameAndBytesOncePerPlace) {
  alloc_.begin_frame();
  const AllocatorScope scope(alloc_);
  spawn(alloc_, keeps(alloc_, frames_, 3));
  spawn(alloc_, keeps(alloc_, frames_, 3));
  for (int i = 0; i < 5; ++i) next_frame();
  alloc_.end_frame();
  ASSERT_EQ(log_.count(Code::FA702), 1U);
  const ReportLog::Entry entry = log_.last();
  EXPECT_NE(entry.message.find("112 bytes of frame memory in frame 1"), std::string::npos)
      << entry.message;
  EXPECT_NE(entry.message.find("keeps"), std::string::npos) << entry.message;
  EXPECT_EQ(entry.requested, 112U);
  EXPECT_EQ(entry.frame, 1U);
  EXPECT_NE(entry.file.find("frame_watch_test.cpp"), std::string::npos);
}

TEST_F(FrameWatch, ForgetsNoAllocatorForAnotherAtItsAddress) {
  for (int round = 0; round < 3; ++round) {
    ReportLog log;
    AllocConfig config = config_for(log);
    config.checked = true;
    SmartAlloc alloc(config);
    FrameScheduler frames(alloc);
    const AllocatorScope scope(alloc);
    alloc.begin_frame();
    spawn(alloc, keeps(alloc, frames, 1));
    alloc.end_frame();
    alloc.begin_frame();
    (void)frames.pump();
    alloc.end_frame();
    EXPECT_EQ(log.count(Code::FA702), 1U) << "round " << round;
  }
}

TEST_F(FrameWatch, SaysNothingOfWhatIsGivenBackOrStaysInItsFrame) {
  const auto careful = [](SmartAlloc& alloc, FrameScheduler& frames, Semaphore& gate) -> Task<> {
    {
      const FrameScope scratch = alloc.frame_scope();
      (void)alloc.frame_alloc_batch<char>(1000);
    }
    co_await frames.next_frame();
    (void)alloc.frame_alloc_batch<char>(1000);
    co_await gate.acquire();  // let through in the same frame
  };
  Semaphore gate(0);
  alloc_.begin_frame();
  const AllocatorScope scope(alloc_);
  spawn(alloc_, careful(alloc_, frames_, gate));
  next_frame();
  gate.release();
  next_frame();
  alloc_.end_frame();
  EXPECT_EQ(log_.size(), 0U) << log_.last().message;
}

TEST_F(FrameWatch, BlamesTheTaskThatTookItNotTheOneThatWokeIt) {
  const auto taker = [](SmartAlloc& alloc, Semaphore& gate, FrameScheduler& frames) -> Task<> {
    co_await gate.acquire();
    (void)alloc.frame_alloc_batch<char>(64);
    co_await frames.next_frame();
  };
  const auto waker = [](Semaphore& gate, FrameScheduler& frames) -> Task<> {
    gate.release();
    co_await frames.next_frame();
  };
  Semaphore gate(0);
  alloc_.begin_frame();
  const AllocatorScope scope(alloc_);
  spawn(alloc_, taker(alloc_, gate, frames_));
  spawn(alloc_, waker(gate, frames_));
  next_frame();
  alloc_.end_frame();
  ASSERT_EQ(log_.count(Code::FA702), 1U);
  EXPECT_EQ(log_.last().requested, 64U);
}

TEST_F(FrameWatch, ATaskThatAwaitsAnotherIsWatchedToo) {
  const auto wait = [](FrameScheduler& frames) -> Task<> { co_await frames.next_frame(); };
  const auto parent = [&wait](SmartAlloc& alloc, FrameScheduler& frames) -> Task<> {
    (void)alloc.frame_alloc_batch<char>(32);
    co_await wait(frames);
  };
  alloc_.begin_frame();
  const AllocatorScope scope(alloc_);
  spawn(alloc_, parent(alloc_, frames_));
  next_frame();
  alloc_.end_frame();
  ASSERT_EQ(log_.count(Code::FA702), 1U);
  EXPECT_EQ(log_.last().requested, 32U);
}

TEST_F(FrameWatch, WithFramesInFlightTheMemoryLivesLonger) {
  ReportLog log;
  AllocConfig config = config_for(log);
  config.checked = true;
  config.frames_in_flight = 2;
  SmartAlloc alloc(config);
  FrameScheduler frames(alloc);
  const auto run = [](SmartAlloc& memory, FrameScheduler& clock, std::uint64_t wait) -> Task<> {
    (void)memory.frame_alloc_batch<char>(16);
    co_await clock.in_frames(wait);
  };
  const AllocatorScope scope(alloc);
  alloc.begin_frame();
  spawn(alloc, run(alloc, frames, 1));
  alloc.end_frame();
  alloc.begin_frame();
  (void)frames.pump();
  EXPECT_EQ(log.count(Code::FA702), 0U) << "still valid";
  spawn(alloc, run(alloc, frames, 2));
  for (int i = 0; i < 2; ++i) {
    alloc.end_frame();
    alloc.begin_frame();
    (void)frames.pump();
  }
  alloc.end_frame();
  EXPECT_EQ(log.count(Code::FA702), 1U);
}

TEST_F(FrameWatch, IsNotThereUnlessTheAllocatorVerifies) {
  ReportLog log;
  AllocConfig config = config_for(log);
  config.checked = false;
  SmartAlloc alloc(config);
  FrameScheduler frames(alloc);
  const AllocatorScope scope(alloc);
  alloc.begin_frame();
  spawn(alloc, keeps(alloc, frames, 1));
  alloc.end_frame();
  alloc.begin_frame();
  (void)frames.pump();
  alloc.end_frame();
  EXPECT_EQ(log.count(Code::FA702), 0U);
}

}  // namespace
}  // namespace framealloc::async::test
