// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
#include <framealloc/transfer_channel.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace std::chrono_literals;

class ChannelTest : public testing::Test {
 protected:
  static void take(const Report& report, void* context) {
    static_cast<std::vector<Code>*>(context)->push_back(report.code);
  }
  TransferHandle<int> make(int value) { return alloc.frame_box_for_transfer<int>(value); }

  std::vector<Code> codes;
  SmartAlloc alloc{AllocConfig::minimal().with_report_handler(&take, &codes)};
};

TEST_F(ChannelTest, HandsOnInOrderWithoutMovingTheObject) {
  TransferChannel<int> channel(alloc, 3);
  EXPECT_EQ(channel.capacity(), 3U);
  for (int round = 0; round < 4; ++round) {
    const int* objects[3];
    for (int i = 0; i < 3; ++i) {
      auto handle = make(i);
      objects[i] = handle.as_ptr();
      ASSERT_EQ(channel.send(std::move(handle)), SendResult::Sent);
    }
    EXPECT_EQ(channel.size(), 3U);
    for (int i = 0; i < 3; ++i) {
      auto handle = channel.try_receive();
      EXPECT_EQ(handle.state(), TransferState::InFlight);
      const PoolBox<int> box = handle.receive();
      ASSERT_NE(box, nullptr);
      EXPECT_EQ(*box, i);
      EXPECT_EQ(box.get(), objects[i]);
    }
    EXPECT_FALSE(channel.try_receive());
  }
  EXPECT_EQ(channel.stats().received, 12U);
  EXPECT_TRUE(codes.empty());
}

TEST_F(ChannelTest, FailLeavesTheHandleWithTheSender) {
  TransferChannel<int> channel(alloc, 1, BackPressure::fail());
  ASSERT_EQ(channel.send(make(1)), SendResult::Sent);
  auto second = make(2);
  EXPECT_EQ(channel.send(std::move(second)), SendResult::Full);
  EXPECT_EQ(second.state(), TransferState::Owned);
  EXPECT_EQ(*second.receive(), 2);
  EXPECT_EQ(*channel.receive().receive(), 1);
  const ChannelStats stats = channel.stats();
  EXPECT_EQ(stats.sent, 1U);
  EXPECT_EQ(stats.refused, 1U);
  EXPECT_EQ(stats.full_count, 1U);
}

TEST_F(ChannelTest, TimeoutGivesUp) {
  TransferChannel<int> channel(alloc, 1, BackPressure::timeout(1ms));
  ASSERT_EQ(channel.send(make(1)), SendResult::Sent);
  auto second = make(2);
  EXPECT_EQ(channel.send(std::move(second)), SendResult::TimedOut);
  EXPECT_TRUE(second);
  second.discard();
  channel.receive().discard();
  EXPECT_FALSE(channel.receive_timeout(1ms));
}

TEST_F(ChannelTest, EvictDropsTheOldest) {
  TransferChannel<int> channel(alloc, 2, BackPressure::evict());
  for (int i = 0; i < 5; ++i) ASSERT_EQ(channel.send(make(i)), SendResult::Sent);
  EXPECT_EQ(*channel.receive().receive(), 3);
  EXPECT_EQ(*channel.receive().receive(), 4);
  EXPECT_EQ(channel.stats().evicted, 3U);
  EXPECT_EQ(alloc.transfer_stats().transfers_dropped, 3U);
  EXPECT_TRUE(codes.empty()) << "what the policy asks for is no fault";
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
}

TEST_F(ChannelTest, WaitsForRoom) {
  TransferChannel<int> channel(alloc, 1);
  ASSERT_EQ(channel.send(make(1)), SendResult::Sent);
  std::thread receiver([&] {
    std::this_thread::sleep_for(2ms);
    EXPECT_EQ(*channel.receive().receive(), 1);
  });
  EXPECT_EQ(channel.send(make(2)), SendResult::Sent);
  receiver.join();
  EXPECT_EQ(*channel.receive().receive(), 2);
}

TEST_F(ChannelTest, CloseWakesThoseWhoWait) {
  TransferChannel<int> channel(alloc, 1);
  TransferChannel<int> empty(alloc, 1);
  ASSERT_EQ(channel.send(make(1)), SendResult::Sent);
  std::thread sender([&] {
    auto handle = make(2);
    EXPECT_EQ(channel.send(std::move(handle)), SendResult::Closed);
    handle.discard();
  });
  std::thread receiver([&] { EXPECT_FALSE(empty.receive()); });
  std::this_thread::sleep_for(2ms);
  channel.close();
  empty.close();
  sender.join();
  receiver.join();
  EXPECT_EQ(*channel.receive().receive(), 1) << "what was sent before can still be received";
  EXPECT_FALSE(channel.receive());
  auto late = make(3);
  EXPECT_EQ(channel.send(std::move(late)), SendResult::Closed);
  EXPECT_EQ(late.state(), TransferState::Owned);
  late.discard();
}

TEST_F(ChannelTest, WhatIsInAChannelThatDiesIsDropped) {
  {
    TransferChannel<int> channel(alloc, 4);
    ASSERT_EQ(channel.send(make(1)), SendResult::Sent);
    ASSERT_EQ(channel.send(make(2)), SendResult::Sent);
  }
  EXPECT_EQ(codes, (std::vector<Code>{Code::FA206, Code::FA206}));
  EXPECT_EQ(alloc.stats().total_allocated, 0U) << "the objects or the ring leaked";
}

TEST_F(ChannelTest, WithoutMemoryItIsClosed) {
  NullSource dry;
  SmartAlloc none(AllocConfig::minimal().with_upstream(&dry).with_report_handler(&take, &codes));
  TransferChannel<int> channel(none, 4);
  EXPECT_TRUE(channel.is_closed());
  auto handle = make(1);
  EXPECT_EQ(channel.send(std::move(handle)), SendResult::Closed);
  handle.discard();
  EXPECT_FALSE(channel.receive());
}

TEST_F(ChannelTest, SendsNothingButTransfers) {
  TransferChannel<int> channel(alloc, 4);
  EXPECT_EQ(channel.send(TransferHandle<int>()), SendResult::Nothing);
  EXPECT_EQ(channel.try_send(TransferHandle<int>()), SendResult::Nothing);
  EXPECT_EQ(channel.size(), 0U);
}

TEST_F(ChannelTest, AllocatesNothingOnceItIsMade) {
  TransferChannel<int> channel(alloc, 4);
  auto handle = make(1);
  const AllocStats before = alloc.stats();
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(channel.send(std::move(handle)), SendResult::Sent);
    handle = channel.receive();
  }
  const AllocStats after = alloc.stats();
  EXPECT_EQ(after.allocation_count, before.allocation_count);
  EXPECT_EQ(after.metadata_bytes, before.metadata_bytes);
  handle.discard();
}

}  // namespace
}  // namespace framealloc
