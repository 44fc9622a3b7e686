// SPDX-License-Identifier: MIT OR Apache-2.0
// FA009: what a program sees when memory of the library itself was written over, and that it goes
// on.
#include "support/report_log.hpp"

#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace framealloc {
namespace {

using testing::ReportLog;

struct Cell {
  unsigned char bytes[64];
};

class Corruption : public ::testing::Test {
 protected:
  AllocConfig config(bool checked) {
    AllocConfig config = AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log);
    config.checked = checked;
    config.guard = GuardMode::Off;
    return config;
  }
  std::size_t told() const { return log.count(Code::FA009); }
  std::string told_first() const {
    for (const ReportLog::Entry& entry : log.all()) {
      if (entry.code == Code::FA009) return entry.message;
    }
    return {};
  }
  detail::SlabHeader& page_of(const SmartAlloc& alloc, const void* block) {
    return *detail::slab_of(block,
                            framealloc::detail::HandleAccess::instance(alloc)->pools().page_mask());
  }
  ReportLog log;
};

TEST_F(Corruption, AWriteToAFreedBlockIsToldWhereTheNextOneIsTaken) {
  SmartAlloc alloc(config(true));
  alloc.begin_frame();
  std::uint32_t line = 0;
  alloc.with_tag("game", [&] {
    Cell* const first = alloc.pool_alloc<Cell>();
    Cell* const second = alloc.pool_alloc<Cell>();
    alloc.pool_free(first);
    alloc.pool_free(second);
    std::memset(second, 0x41, sizeof(Cell));  // where the list of free blocks goes on
    line = __LINE__ + 1;
    EXPECT_EQ(alloc.pool_alloc<Cell>(), second);
    ASSERT_EQ(told(), 1U);
    const ReportLog::Entry said = log.last();
    EXPECT_NE(said.message.find("to 0x4141414141414141, expected "), std::string::npos)
        << said.message;
    EXPECT_NE(said.message.find("freed"), std::string::npos);
    EXPECT_EQ(said.tag, "game");
    EXPECT_EQ(said.frame, alloc.frame_number());
    EXPECT_EQ(said.line, line);
    EXPECT_TRUE(said.file.ends_with("corruption_test.cpp"));
    // What the list led to is lost; blocks from elsewhere serve.
    for (int i = 0; i < 3000; ++i) {
      Cell* const more = alloc.pool_alloc<Cell>();
      ASSERT_NE(more, nullptr);
      std::memset(more, 1, sizeof(Cell));
    }
  });
  alloc.end_frame();
  EXPECT_EQ(told(), 1U);
}

TEST_F(Corruption, ListsOfPagesAreLookedAtToo) {
  SmartAlloc alloc(config(true));
  Cell* const live = alloc.pool_alloc<Cell>();
  Cell* const first = alloc.pool_alloc<Cell>();
  Cell* const second = alloc.pool_alloc<Cell>();
  alloc.pool_free(first);
  alloc.pool_free(second);
  alloc.trim();  // from the thread's list to the page's
  std::memset(first, 0x41, sizeof(Cell));
  std::memset(second, 0x41, sizeof(Cell));
  Cell* const next = alloc.pool_alloc<Cell>();
  EXPECT_NE(next, nullptr);
  ASSERT_EQ(told(), 1U);
  EXPECT_NE(told_first().find("the list of idle blocks of 64 B"), std::string::npos)
      << told_first();
  alloc.pool_free(next);
  alloc.pool_free(live);
}

TEST_F(Corruption, BrokenListsThatNobodyFollowsAreToldAtTheEnd) {
  for (const bool in_page : {false, true}) {
    log.clear();
    std::optional<SmartAlloc> alloc(config(true));
    Cell* const live = alloc->pool_alloc<Cell>();
    Cell* const first = alloc->pool_alloc<Cell>();
    Cell* const second = alloc->pool_alloc<Cell>();
    alloc->pool_free(first);
    alloc->pool_free(second);
    if (in_page) alloc->trim();
    std::memset(first, 0x41, sizeof(Cell));
    std::memset(second, 0x41, sizeof(Cell));
    alloc.reset();
    EXPECT_EQ(told(), 1U) << in_page;
    EXPECT_NE(told_first().find(in_page ? "idle blocks" : "free blocks"), std::string::npos)
        << told_first();
    EXPECT_EQ(log.count(Code::FA007), 1U) << static_cast<const void*>(live);
  }
}

TEST_F(Corruption, BudgetsForgetTheBlocksThatAreLost) {
  AllocConfig with_budgets = config(true);
  with_budgets.enable_budgets = true;
  SmartAlloc alloc(with_budgets);
  std::vector<Cell*> blocks;
  for (int i = 0; i < 8; ++i) blocks.push_back(alloc.pool_alloc<Cell>());
  for (Cell* const block : blocks) alloc.pool_free(block);
  std::memset(blocks.back(), 0x41, sizeof(Cell));
  EXPECT_NE(alloc.pool_alloc<Cell>(), nullptr);
  EXPECT_EQ(told(), 1U);
  EXPECT_EQ(alloc.budgets()->current_usage(), sizeof(Cell));
  EXPECT_EQ(alloc.stats().pool_allocated, sizeof(Cell));
  alloc.trim();
  EXPECT_EQ(told(), 1U);
}

TEST_F(Corruption, ABrokenPageIsToldAtTheEndAndLeftAlone) {
  for (const bool checked : {false, true}) {
    log.clear();
    std::optional<SmartAlloc> alloc(config(checked));
    Cell* const block = alloc->pool_alloc<Cell>();
    alloc->pool_free(block);
    page_of(*alloc, block).block_count += 3;
    alloc.reset();
    EXPECT_EQ(told(), 1U) << checked;
    EXPECT_NE(told_first().find("block count"), std::string::npos) << told_first();
  }
}

TEST_F(Corruption, ABrokenPageIsNotGivenBack) {
  SmartAlloc alloc(config(true));
  Cell* const block = alloc.pool_alloc<Cell>();
  alloc.pool_free(block);
  page_of(alloc, block).chunk = nullptr;
  alloc.trim();  // would give the page back
  alloc.begin_frame();
  Cell* const other = alloc.pool_alloc<Cell>();
  ASSERT_NE(other, nullptr);
  EXPECT_NE(&page_of(alloc, other), &page_of(alloc, block));
  EXPECT_EQ(told(), 1U);
  EXPECT_NE(told_first().find("page of blocks"), std::string::npos) << told_first();
  alloc.pool_free(other);
  alloc.end_frame();
}

TEST_F(Corruption, FramesGoOnWithoutAChunkWhoseHeaderWasWrittenOver) {
  AllocConfig small = config(false);
  small.frame_arena_size = std::size_t{64} << 10;
  SmartAlloc alloc(small);
  const std::size_t chunk =
      framealloc::detail::HandleAccess::instance(alloc)->chunks().chunk_size();
  const auto frame = [&](bool overrun) {
    alloc.begin_frame();
    for (std::size_t done = 0; done < 3 * chunk; done += chunk / 8) {
      void* const memory = alloc.frame_alloc_layout(chunk / 8, 16);
      ASSERT_NE(memory, nullptr);
      std::memset(memory, 0x42, chunk / 8);
      if (!overrun || done < chunk) continue;
      overrun = false;
      const auto start = reinterpret_cast<std::uintptr_t>(memory) & ~(chunk - 1);
      std::memset(reinterpret_cast<void*>(start), 0x43, 32);
    }
    alloc.end_frame();
  };
  frame(false);
  frame(true);
  for (int i = 0; i < 20; ++i) frame(false);
  EXPECT_GE(told(), 1U);
  EXPECT_NE(told_first().find("0x4343434343434343, expected"), std::string::npos) << told_first();
  const std::size_t before = told();
  for (int i = 0; i < 200; ++i) frame(false);
  EXPECT_EQ(told(), before);
}

TEST_F(Corruption, WhatComesBackToABudgetWithoutACharge) {
  AllocConfig with_budgets = config(false);
  with_budgets.enable_budgets = true;
  SmartAlloc alloc(with_budgets);
  alloc.with_tag("game", [&] {
    alloc.budgets()->uncharge(
        framealloc::detail::HandleAccess::instance(alloc)->find_state()->tag(), 100);
  });
  for (int i = 0; i < 16; ++i) {
    alloc.begin_frame();
    alloc.end_frame();
  }
  ASSERT_EQ(told(), 1U);
  EXPECT_NE(told_first().find("100 B of them never charged"), std::string::npos) << told_first();
  EXPECT_EQ(log.last().tag, "game");
  EXPECT_EQ(alloc.budgets()->current_usage(), 0U);
}

TEST_F(Corruption, ALedgerThatDoesNotAddUpAtTheEnd) {
  std::optional<SmartAlloc> alloc(config(true));
  int* const number = alloc->heap_alloc<int>();
  alloc->heap_free(number);
  framealloc::detail::HandleAccess::instance(*alloc)
      ->find_state()
      ->pools()
      .ledger()
      .at_blocks(TagId::Untagged)
      .heap_frees.add(1);
  alloc.reset();
  ASSERT_EQ(told(), 1U);
  EXPECT_NE(told_first().find("1 allocations and 2 frees"), std::string::npos) << told_first();
}

TEST_F(Corruption, AProgramWithoutFaultsIsToldNothing) {
  for (const bool checked : {false, true}) {
    SmartAlloc alloc(config(checked));
    std::vector<Cell*> blocks;
    for (int frame = 0; frame < 300; ++frame) {
      alloc.begin_frame();
      (void)alloc.frame_alloc_layout(std::size_t{1} << (frame % 22), 16);
      for (int i = 0; i < 40; ++i) blocks.push_back(alloc.pool_alloc<Cell>());
      while (blocks.size() > static_cast<std::size_t>(frame % 50) * 20) {
        alloc.pool_free(blocks.back());
        blocks.pop_back();
      }
      alloc.end_frame();
    }
    for (Cell* const block : blocks) alloc.pool_free(block);
    alloc.trim();
  }
  EXPECT_EQ(log.size(), 0U);
}

}  // namespace
}  // namespace framealloc
