// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/account/ledger.hpp>
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/stats.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace framealloc::detail {
namespace {

// Hands out blocks until `left` is used up, and counts what it was asked for.
struct BlockSource {
  std::size_t left = SIZE_MAX;
  std::size_t requests = 0;
  std::vector<std::unique_ptr<std::byte[]>> blocks;

  static void* give(void* context, std::size_t bytes) {
    auto& self = *static_cast<BlockSource*>(context);
    ++self.requests;
    if (self.left == 0) return nullptr;
    --self.left;
    // Dirty, because the ledger must not count on fresh memory being zero.
    self.blocks.push_back(std::make_unique<std::byte[]>(bytes));
    std::fill_n(self.blocks.back().get(), bytes, std::byte{0xA5});
    return self.blocks.back().get();
  }
};

TagId tag(std::size_t index) { return TagId{static_cast<std::uint16_t>(index)}; }

// Sum over all tags and the spill, as a reader of the totals forms it.
std::uint64_t heap_held(const ThreadLedger& ledger) {
  std::uint64_t held = ledger.spill().heap_bytes_in.get() - ledger.spill().heap_bytes_out.get();
  for (std::size_t i = 0; i < TagTable::kMaxTags; ++i) {
    const TagCounters* counters = ledger.find(tag(i));
    if (counters != nullptr) held += counters->heap_bytes_in.get() - counters->heap_bytes_out.get();
  }
  return held;
}

TEST(ThreadLedgerTest, TheFirstTagsNeedNoMemory) {
  BlockSource source;
  const auto ledger = std::make_unique<ThreadLedger>(&BlockSource::give, &source);
  for (std::size_t i = 0; i < ThreadLedger::kBlock; ++i) ledger->at(tag(i)).heap_bytes_in.add(i);
  EXPECT_EQ(source.requests, 0U);
  EXPECT_EQ(ledger->find(tag(63))->heap_bytes_in.get(), 63U);
}

TEST(ThreadLedgerTest, EveryTagHasItsOwnCounters) {
  BlockSource source;
  const auto ledger = std::make_unique<ThreadLedger>(&BlockSource::give, &source);
  for (std::size_t i = 0; i < TagTable::kMaxTags; ++i) {
    ledger->at(tag(i)).heap_bytes_in.add(i + 1);
    ledger->at(tag(i)).heap_allocations.increment();
  }
  EXPECT_EQ(source.requests, ThreadLedger::kBlocks - 1);
  for (std::size_t i = 0; i < TagTable::kMaxTags; ++i) {
    const TagCounters* counters = ledger->find(tag(i));
    ASSERT_NE(counters, nullptr);
    EXPECT_EQ(counters->heap_bytes_in.get(), i + 1);
    EXPECT_EQ(counters->heap_allocations.get(), 1U);
    EXPECT_EQ(counters->heap_bytes_out.get(), 0U);
  }
}

TEST(ThreadLedgerTest, FindMakesNothing) {
  BlockSource source;
  const auto ledger = std::make_unique<ThreadLedger>(&BlockSource::give, &source);
  EXPECT_EQ(ledger->find(tag(64)), nullptr);
  EXPECT_EQ(source.requests, 0U);
}

// A sum over pool and heap reads the tags that had such blocks, not all that a frame ever used, nor
// all that a block has room for.
TEST(ThreadLedgerTest, OnlyTagsWithBlocksAreVisited) {
  BlockSource source;
  const auto ledger = std::make_unique<ThreadLedger>(&BlockSource::give, &source);
  for (const std::size_t used :
       {std::size_t{3}, std::size_t{63}, std::size_t{64}, std::size_t{700}}) {
    ledger->at_blocks(tag(used)).heap_bytes_in.add(used);
  }
  ledger->at(tag(5)).frame_bytes_total.add(500);
  ledger->at(tag(130)).frame_bytes_total.add(500);
  EXPECT_EQ(&ledger->at(tag(64)), &ledger->at_blocks(tag(64)));
  EXPECT_EQ(ledger->find(tag(4)), nullptr);
  EXPECT_EQ(ledger->find(tag(65)), nullptr);
  EXPECT_NE(ledger->find(tag(5)), nullptr);
  std::vector<std::uint64_t> seen;
  const auto visit = [&](const TagCounters& counters) {
    if (&counters != &ledger->spill()) seen.push_back(counters.heap_bytes_in.get());
  };
  ledger->visit_block_users(visit);
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{3, 63, 64, 700}));
  // One that a frame used first is found once it has blocks.
  ledger->at_blocks(tag(130)).heap_bytes_in.add(130);
  seen.clear();
  ledger->visit_block_users(visit);
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{3, 63, 64, 130, 700}));
}

// Without memory for its block a tag's counters are the spill, which is always visited.
TEST(ThreadLedgerTest, WhatIsSpilledIsVisited) {
  BlockSource source;
  source.left = 0;
  const auto ledger = std::make_unique<ThreadLedger>(&BlockSource::give, &source);
  EXPECT_EQ(&ledger->at_blocks(tag(90)), &ledger->spill());
  ledger->at_blocks(tag(90)).heap_bytes_in.add(7);
  std::uint64_t held = 0;
  ledger->visit_block_users(
      [&](const TagCounters& counters) { held += counters.heap_bytes_in.get(); });
  EXPECT_EQ(held, 7U);
}

TEST(ThreadLedgerTest, WithoutMemoryTotalsStayExact) {
  BlockSource source;
  source.left = 1;
  const auto ledger = std::make_unique<ThreadLedger>(&BlockSource::give, &source);
  ledger->at(tag(1)).heap_bytes_in.add(10);
  ledger->at(tag(100)).heap_bytes_in.add(100);   // gets the one block
  ledger->at(tag(200)).heap_bytes_in.add(1000);  // spills
  ledger->at(tag(900)).heap_bytes_in.add(5000);  // spills
  EXPECT_EQ(ledger->spill().heap_bytes_in.get(), 6000U);
  EXPECT_EQ(heap_held(*ledger), 6110U);
  ledger->at(tag(200)).heap_bytes_out.add(1000);
  EXPECT_EQ(heap_held(*ledger), 5110U);
}

// Counted up in the spill and down in a block that came later, a tag would seem to hold a negative
// number of bytes; and a thread that is out of memory must not ask again at every count.
TEST(ThreadLedgerTest, ASpilledTagStaysInTheSpill) {
  BlockSource source;
  source.left = 0;
  const auto ledger = std::make_unique<ThreadLedger>(&BlockSource::give, &source);
  ledger->at(tag(200)).heap_bytes_in.add(1000);
  source.left = SIZE_MAX;
  ledger->at(tag(200)).heap_bytes_out.add(400);
  EXPECT_EQ(source.requests, 1U);
  EXPECT_EQ(ledger->find(tag(200)), nullptr);
  EXPECT_EQ(ledger->spill().heap_bytes_in.get() - ledger->spill().heap_bytes_out.get(), 600U);
  ledger->at(tag(300)).heap_bytes_in.add(1);  // another block: memory is back
  EXPECT_NE(ledger->find(tag(300)), nullptr);
}

TEST(ThreadLedgerTest, WithoutASourceEverythingElseSpills) {
  const auto ledger = std::make_unique<ThreadLedger>(nullptr, nullptr);
  ledger->at(tag(64)).heap_bytes_in.add(7);
  EXPECT_EQ(ledger->spill().heap_bytes_in.get(), 7U);
}

TEST(ThreadLedgerTest, ReadersOnOtherThreadsSeeWholeBlocks) {
  BlockSource source;
  const auto ledger = std::make_unique<ThreadLedger>(&BlockSource::give, &source);
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> impossible{0};
  std::thread reader([&] {
    while (!done.load()) {
      for (std::size_t i = 0; i < TagTable::kMaxTags; ++i) {
        const TagCounters* counters = ledger->find(tag(i));
        // A counter only ever goes 0, 1: anything else is memory that was shown too early.
        if (counters != nullptr && counters->heap_allocations.get() > 1) impossible.fetch_add(1);
      }
    }
  });
  for (std::size_t i = 0; i < TagTable::kMaxTags; ++i) ledger->at(tag(i)).heap_allocations.add(1);
  done.store(true);
  reader.join();
  EXPECT_EQ(impossible.load(), 0U);
}

TEST(AllocStatsTest, ActiveAllocationsNeverWrap) {
  AllocStats stats;
  stats.allocation_count = 5;
  stats.deallocation_count = 3;
  EXPECT_EQ(stats.active_allocations(), 2U);
  stats.deallocation_count = 6;
  EXPECT_EQ(stats.active_allocations(), 0U);
}

TEST(PhaseTest, DurationIsInNanoseconds) {
  Phase phase;
  phase.duration_ns = 1'500'000;
  EXPECT_EQ(phase.duration(), std::chrono::microseconds(1500));
}

}  // namespace
}  // namespace framealloc::detail
