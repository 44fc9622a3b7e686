// SPDX-License-Identifier: MIT OR Apache-2.0
#include "async_rig.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace framealloc::async::test {
namespace {

class Awaitables : public ::testing::Test {
 protected:
  ReportLog log_;
  SmartAlloc alloc_{config_for(log_)};
  LiveFrames frames_;
  std::vector<int> order_;

  Task<> acquire(Semaphore& gate, int name) {
    co_await gate.acquire();
    order_.push_back(name);
  }
  Task<> acquire_and_release(Semaphore& gate) {
    co_await gate.acquire();
    order_.push_back(0);
    gate.release();
  }
  Task<> send(Channel<int>& channel, int value, std::vector<SendResult>& results) {
    TransferHandle<int> handle = alloc_.frame_box_for_transfer<int>(value);
    const SendResult result = co_await channel.send(std::move(handle));
    results.push_back(result);
    EXPECT_EQ(static_cast<bool>(handle), result != SendResult::Sent) << "unless sent it is yours";
    handle.discard();
  }
  Task<> receive(Channel<int>& channel) {
    TransferHandle<int> handle = co_await channel.receive();
    const PoolBox<int> box = handle.receive();
    order_.push_back(box == nullptr ? -1 : *box);
  }
};

TEST_F(Awaitables, ASemaphoreServesInOrder) {
  Semaphore gate(1);
  for (int i = 0; i < 4; ++i) spawn(alloc_, acquire(gate, i));
  EXPECT_EQ(order_, std::vector<int>{0});
  EXPECT_EQ(gate.waiting(), 3U);
  EXPECT_FALSE(gate.try_acquire());
  gate.release(2);
  gate.release(0);
  gate.release(-3);
  EXPECT_EQ(order_, (std::vector<int>{0, 1, 2}));
  gate.release(2);
  EXPECT_EQ(order_, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(gate.available(), 1);
  EXPECT_TRUE(gate.try_acquire());
  EXPECT_EQ(frames_.count(), 0);
}

// Each is released by the one before, from inside: nested, they would need a stack of 100,000 calls.
TEST_F(Awaitables, AChainOfReleasesNeedsNoStack) {
  Semaphore gate(0);
  for (int i = 0; i < 100000; ++i) spawn(alloc_, acquire_and_release(gate));
  gate.release();
  EXPECT_EQ(order_.size(), 100000U);
  EXPECT_EQ(frames_.count(), 0);
}

TEST_F(Awaitables, WhoIsDestroyedWhileItWaitsLeavesTheQueue) {
  Semaphore gate(0);
  {
    const AllocatorScope scope(alloc_);
    std::optional<Task<>> first(acquire(gate, 1));
    Task<> second = acquire(gate, 2);
    first->resume();
    second.resume();
    first.reset();
    EXPECT_EQ(gate.waiting(), 1U);
    gate.release();
    EXPECT_TRUE(second.done());
  }
  EXPECT_EQ(order_, std::vector<int>{2});
}

TEST_F(Awaitables, WhoIsDestroyedByTheOneResumedBeforeItIsNotResumed) {
  Semaphore gate(0);
  const AllocatorScope scope(alloc_);
  std::optional<Task<>> victim;
  const auto kill = [&]() -> Task<> {
    co_await gate.acquire();
    victim.reset();
  };
  Task<> killer = kill();
  killer.resume();
  victim.emplace(acquire(gate, 7));
  victim->resume();
  gate.release(2);
  EXPECT_TRUE(killer.done());
  EXPECT_TRUE(order_.empty());
  EXPECT_EQ(gate.available(), 1) << "a permit that nobody could use";
}

TEST_F(Awaitables, ThePermitOfOneDestroyedBeforeItGoesOnIsTheNextOnes) {
  Semaphore gate(0);
  const AllocatorScope scope(alloc_);
  std::optional<Task<>> victim;
  const auto kill = [&]() -> Task<> {
    co_await gate.acquire();
    victim.reset();
    order_.push_back(0);
  };
  Task<> killer = kill();
  killer.resume();
  victim.emplace(acquire(gate, 7));
  victim->resume();
  Task<> heir = acquire(gate, 8);
  heir.resume();
  gate.release(2);
  EXPECT_TRUE(heir.done());
  EXPECT_EQ(order_, (std::vector<int>{0, 8}));
  EXPECT_EQ(gate.available(), 0);
}

TEST_F(Awaitables, ASemaphoreMayEndBeforeThoseToWhomItGave) {
  auto gate = std::make_unique<Semaphore>(0);
  const AllocatorScope scope(alloc_);
  std::optional<Task<>> victim;
  const auto kill = [&]() -> Task<> {
    co_await gate->acquire();
    gate.reset();
    victim.reset();
    order_.push_back(0);
  };
  Task<> killer = kill();
  killer.resume();
  victim.emplace(acquire(*gate, 7));
  victim->resume();
  Task<> last = acquire(*gate, 8);
  last.resume();
  gate->release(3);
  EXPECT_TRUE(killer.done());
  EXPECT_TRUE(last.done());
  EXPECT_EQ(order_, (std::vector<int>{0, 8}));
}

TEST_F(Awaitables, SpawnedTasksEndWithWhatTheyWaitIn) {
  const AllocatorScope scope(alloc_);
  std::optional<Task<>> owned;
  {
    Semaphore gate(0);
    FrameScheduler frames(alloc_);
    const auto nested = [&]() -> Task<> { co_await acquire(gate, 1); };
    const auto later = [&]() -> Task<> { co_await frames.in_frames(1000); };
    spawn(alloc_, nested());
    spawn(alloc_, later());
    owned.emplace(acquire(gate, 2));
    owned->resume();
    EXPECT_EQ(frames_.count(), 4);
  }
  EXPECT_EQ(frames_.count(), 1) << "the one that has an owner";
  owned.reset();
  EXPECT_EQ(frames_.count(), 0);
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

TEST_F(Awaitables, ABarrierLetsAllGoOnAndStartsOver) {
  Barrier barrier(3);
  const auto meet = [this, &barrier](int name) -> Task<> {
    for (int round = 0; round < 3; ++round) {
      co_await barrier.arrive_and_wait();
      order_.push_back(10 * round + name);
    }
  };
  for (int i = 0; i < 3; ++i) spawn(alloc_, meet(i));
  ASSERT_EQ(order_.size(), 9U);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(order_[i] / 10, static_cast<int>(i / 3));
  EXPECT_EQ(barrier.waiting(), 0U);
  EXPECT_EQ(frames_.count(), 0);
  Barrier alone(0);
  const auto pass = [&]() -> Task<> { co_await alone.arrive_and_wait(); };
  Task<> passing = pass();
  passing.resume();
  EXPECT_TRUE(passing.done());
}

TEST_F(Awaitables, AChannelIsBoundedAndKeepsOrder) {
  Channel<int> channel(alloc_, 2);
  std::vector<SendResult> results;
  for (int i = 0; i < 4; ++i) spawn(alloc_, send(channel, i, results));
  EXPECT_EQ(results.size(), 2U) << "the third waits";
  EXPECT_EQ(channel.size(), 2U);
  for (int i = 0; i < 6; ++i) spawn(alloc_, receive(channel));
  EXPECT_EQ(results, std::vector<SendResult>(4, SendResult::Sent));
  spawn(alloc_, send(channel, 4, results));
  EXPECT_EQ(order_, (std::vector<int>{0, 1, 2, 3, 4}));
  channel.close();
  EXPECT_EQ(order_.back(), -1) << "the sixth gets nothing";
  spawn(alloc_, send(channel, 5, results));
  EXPECT_EQ(results.back(), SendResult::Closed);
  const ChannelStats stats = channel.stats();
  EXPECT_EQ(stats.sent, 5U);
  EXPECT_EQ(stats.received, 5U);
  EXPECT_EQ(stats.refused, 1U);
  EXPECT_EQ(stats.full_count, 2U);
  EXPECT_EQ(stats.depth, 0U);
  EXPECT_EQ(frames_.count(), 0);
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

TEST_F(Awaitables, WhatWasSentBeforeTheCloseIsReceived) {
  Channel<int> channel(alloc_, 2);
  std::vector<SendResult> results;
  spawn(alloc_, send(channel, 1, results));
  channel.close();
  spawn(alloc_, receive(channel));
  spawn(alloc_, receive(channel));
  EXPECT_EQ(order_, (std::vector<int>{1, -1}));
}

TEST_F(Awaitables, BackPressureRefusesEvictsOrTimesOut) {
  std::vector<SendResult> results;
  Channel<int> refusing(alloc_, 1, BackPressure::fail());
  spawn(alloc_, send(refusing, 1, results));
  spawn(alloc_, send(refusing, 2, results));
  EXPECT_EQ(results, (std::vector<SendResult>{SendResult::Sent, SendResult::Full}));

  results.clear();
  Channel<int> evicting(alloc_, 1, BackPressure::evict());
  spawn(alloc_, send(evicting, 3, results));
  spawn(alloc_, send(evicting, 4, results));
  spawn(alloc_, receive(evicting));
  EXPECT_EQ(results, (std::vector<SendResult>(2, SendResult::Sent)));
  EXPECT_EQ(order_, std::vector<int>{4});
  EXPECT_EQ(evicting.stats().evicted, 1U);

  results.clear();
  Channel<int> waiting(alloc_, 1, BackPressure::timeout(std::chrono::nanoseconds(1)));
  spawn(alloc_, send(waiting, 5, results));
  spawn(alloc_, send(waiting, 6, results));
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(waiting.expire(), 1U);
  EXPECT_EQ(results, (std::vector<SendResult>{SendResult::Sent, SendResult::TimedOut}));
}

TEST_F(Awaitables, ADeniedChannelIsClosedAndAHandleOfNothingIsRefused) {
  ReportLog log;
  AllocConfig config = config_for(log);
  config.enable_budgets = true;
  SmartAlloc small(config);
  Channel<int> huge(small, std::size_t{1} << 60);
  EXPECT_TRUE(huge.is_closed());
  EXPECT_GE(log.size(), 1U) << "the loss is told";
  Channel<int> channel(alloc_, 1);
  SendResult result = SendResult::Sent;
  const auto nothing = [&]() -> Task<> { result = co_await channel.send(TransferHandle<int>()); };
  Task<> task = nothing();
  task.resume();
  EXPECT_EQ(result, SendResult::Nothing);
}

TEST_F(Awaitables, WhatIsInAChannelThatEndsIsDroppedAndTold) {
  {
    Channel<int> channel(alloc_, 4);
    std::vector<SendResult> results;
    for (int i = 0; i < 3; ++i) spawn(alloc_, send(channel, i, results));
  }
  EXPECT_EQ(log_.count(Code::FA206), 3U);
  EXPECT_EQ(alloc_.stats().total_allocated, 0U);
}

TEST_F(Awaitables, WhatAReceiverHadWhenItWasDestroyedIsDroppedAndTold) {
  Channel<int> channel(alloc_, 4);
  Semaphore gate(0);
  const AllocatorScope scope(alloc_);
  std::optional<Task<>> victim;
  const auto kill = [&]() -> Task<> {
    TransferHandle<int> handle = co_await channel.receive();
    victim.reset();
    order_.push_back(*handle.receive());
  };
  Task<> killer = kill();
  killer.resume();
  victim.emplace(receive(channel));
  victim->resume();
  std::vector<SendResult> results;
  const auto send_both = [&]() -> Task<> {
    co_await gate.acquire();
    co_await send(channel, 1, results);
    co_await send(channel, 2, results);
  };
  spawn(alloc_, send_both());
  gate.release();  // both have theirs before either goes on
  EXPECT_EQ(results, (std::vector<SendResult>{SendResult::Sent, SendResult::Sent}));
  EXPECT_TRUE(killer.done());
  EXPECT_EQ(order_, std::vector<int>{1});
  EXPECT_EQ(log_.count(Code::FA206), 1U);
  EXPECT_EQ(alloc_.stats().active_allocations(), 2U) << "the channel's ring and the killer's frame";
}

TEST_F(Awaitables, TheSchedulerResumesWhatIsDueInTheOrderOfWaiting) {
  FrameScheduler frames(alloc_);
  const auto wait = [&](std::uint64_t count, int name) -> Task<> {
    co_await frames.in_frames(count);
    order_.push_back(name);
  };
  const auto frame = [&] {
    const ScopedFrame open = alloc_.scoped_frame();
    return frames.pump();
  };
  spawn(alloc_, wait(0, 0));
  EXPECT_EQ(order_, std::vector<int>{0}) << "0 does not wait";
  spawn(alloc_, wait(2, 1));
  spawn(alloc_, wait(1, 2));
  spawn(alloc_, wait(1, 3));
  spawn(alloc_, wait(130, 4));
  EXPECT_EQ(frames.waiting(), 4U);
  EXPECT_EQ(frame(), 2U);
  EXPECT_EQ(order_, (std::vector<int>{0, 2, 3}));
  EXPECT_EQ(frames.pump(), 0U) << "once a frame";
  EXPECT_EQ(frame(), 1U);
  for (int i = 0; i < 127; ++i) EXPECT_EQ(frame(), 0U);
  EXPECT_EQ(frame(), 1U);
  EXPECT_EQ(frames.waiting(), 0U);
}

TEST_F(Awaitables, FramesWithoutAPumpAreCaughtUpWithInOrder) {
  FrameScheduler frames(alloc_);
  const auto wait = [&](std::uint64_t count, int name) -> Task<> {
    co_await frames.in_frames(count);
    order_.push_back(name);
  };
  for (int i = 0; i < 9; ++i) spawn(alloc_, wait(static_cast<std::uint64_t>(9 - i), i));
  spawn(alloc_, wait(500, 9));
  for (int i = 0; i < 200; ++i) alloc_.begin_frame(), alloc_.end_frame();
  EXPECT_EQ(frames.pump(), 9U);
  EXPECT_EQ(order_, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_F(Awaitables, ResumedCoroutinesMakeOthersInThePoolTheyHadBefore) {
  FrameScheduler frames(alloc_);
  Semaphore gate(0);
  const auto child = []() -> Task<int> { co_return 1; };
  const auto parent = [&]() -> Task<> {
    co_await gate.acquire();
    order_.push_back(co_await child());
    co_await frames.next_frame();
    order_.push_back(co_await child());
  };
  const std::uint64_t before = coroutine_stats().frames_on_global_heap;
  {
    const AllocatorScope scope(alloc_);
    spawn(alloc_, parent());
  }
  gate.release();
  alloc_.begin_frame();
  (void)frames.pump();
  alloc_.end_frame();
  EXPECT_EQ(order_.size(), 2U);
  EXPECT_EQ(coroutine_stats().frames_on_global_heap, before);
}

}  // namespace
}  // namespace framealloc::async::test
