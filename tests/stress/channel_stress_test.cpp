// SPDX-License-Identifier: MIT OR Apache-2.0
// Senders and receivers on more threads than cores, through a channel that is nearly always full.
#include <framealloc/framealloc.hpp>
#include <framealloc/transfer_channel.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

constexpr unsigned kSenders = 3;
constexpr unsigned kReceivers = 3;
constexpr std::uint64_t kEach = 4000;

struct Parcel {
  unsigned sender;
  std::uint64_t number;
  std::uint64_t check;  // written before it is sent, by a plain store
};

struct Outcome {
  std::uint64_t received = 0, sum = 0;
  std::uint64_t out_of_order = 0, torn = 0;
};

Outcome run(SmartAlloc& alloc, BackPressure policy, ChannelStats* stats) {
  TransferChannel<Parcel> channel(alloc, 5, policy);
  std::vector<std::thread> senders;
  for (unsigned me = 0; me < kSenders; ++me) {
    senders.emplace_back([&, me] {
      for (std::uint64_t n = 1; n <= kEach; ++n) {
        auto handle = alloc.frame_box_for_transfer<Parcel>(Parcel{me, n, n * 31});
        while (channel.send(std::move(handle)) != SendResult::Sent) {
        }
      }
    });
  }
  std::vector<Outcome> outcomes(kReceivers);
  std::vector<std::thread> receivers;
  for (unsigned me = 0; me < kReceivers; ++me) {
    receivers.emplace_back([&, me] {
      Outcome& outcome = outcomes[me];
      std::uint64_t last[kSenders] = {};
      while (auto handle = channel.receive()) {
        const PoolBox<Parcel> parcel = handle.receive();
        ++outcome.received;
        outcome.sum += parcel->number;
        if (parcel->check != parcel->number * 31) ++outcome.torn;
        if (parcel->number <= last[parcel->sender]) ++outcome.out_of_order;
        last[parcel->sender] = parcel->number;
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  channel.close();
  for (std::thread& receiver : receivers) receiver.join();
  *stats = channel.stats();
  Outcome all;
  for (const Outcome& one : outcomes) {
    all.received += one.received;
    all.sum += one.sum;
    all.torn += one.torn;
    all.out_of_order += one.out_of_order;
  }
  return all;
}

TEST(ChannelStress, EveryTransferArrivesOnce) {
  SmartAlloc alloc(AllocConfig::minimal());
  for (const BackPressure policy :
       {BackPressure::wait(), BackPressure::timeout(std::chrono::microseconds(50))}) {
    ChannelStats stats;
    const Outcome outcome = run(alloc, policy, &stats);
    EXPECT_EQ(outcome.received, kSenders * kEach);
    EXPECT_EQ(outcome.sum, kSenders * (kEach * (kEach + 1) / 2));
    EXPECT_EQ(outcome.torn, 0U);
    EXPECT_EQ(outcome.out_of_order, 0U);
    EXPECT_EQ(stats.sent, stats.received);
  }
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
  const TransferStats stats = alloc.transfer_stats();
  EXPECT_EQ(stats.transfers_completed, stats.transfers_initiated);
}

TEST(ChannelStress, WhatIsEvictedIsCountedAndFreed) {
  SmartAlloc alloc(AllocConfig::minimal());
  ChannelStats stats;
  const Outcome outcome = run(alloc, BackPressure::evict(), &stats);
  EXPECT_EQ(outcome.torn, 0U);
  EXPECT_EQ(outcome.out_of_order, 0U);
  EXPECT_EQ(stats.sent, kSenders * kEach);
  EXPECT_EQ(stats.sent, stats.received + stats.evicted);
  EXPECT_EQ(outcome.received, stats.received);
  EXPECT_EQ(alloc.transfer_stats().transfers_dropped, stats.evicted);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
}

}  // namespace
}  // namespace framealloc
