// SPDX-License-Identifier: MIT OR Apache-2.0
// Jolt's hooks, its stack and its contacts, against a stub of its interface.
#include <framealloc/jolt/memory.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/denials.hpp"
#include "support/report_log.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace framealloc::jolt {
namespace {

TEST(JoltMemory, ItsFunctionsGoToTheMemory) {
  const SmartAlloc alloc;
  c_hooks::Memory memory(alloc, "physics::jolt");
  c_hooks::Memory other(alloc, "other");
  void* const older = std::malloc(100);
  ASSERT_TRUE(install_memory(memory));
  EXPECT_FALSE(install_memory(other));
  void* block = JPH::Allocate(100);
  block = JPH::Reallocate(block, 100, 5000);
  void* const aligned = JPH::AlignedAllocate(100, 64);
  EXPECT_TRUE(is_aligned(aligned, 64));
  EXPECT_EQ(memory.stats().blocks, 2U);
  EXPECT_EQ(memory.stats().bytes, alloc.tag_stats("physics::jolt").heap_bytes);
  JPH::Free(block);
  JPH::AlignedFree(aligned);
  JPH::Free(older);
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(memory.stats().foreign, 1U);
  EXPECT_EQ(Hook::uninstall(), &memory);
}

TEST(JoltTempAllocator, IsAStackThatGrows) {
  const SmartAlloc alloc;
  TempAllocator temp(alloc, "jolt", 4096);
  EXPECT_EQ(temp.Allocate(0), nullptr);
  temp.Free(nullptr, 0);
  std::size_t most = 0;
  for (int step = 0; step < 3; ++step) {
    std::vector<std::pair<void*, JPH::uint>> blocks;
    for (JPH::uint size = 10; size < 2'000'000; size *= 3) {
      void* const block = temp.Allocate(size);
      ASSERT_NE(block, nullptr);
      EXPECT_TRUE(is_aligned(block, JPH_RVECTOR_ALIGNMENT));
      std::memset(block, static_cast<int>(size & 0xFF), size);
      blocks.emplace_back(block, size);
    }
    for (const auto& [block, size] : blocks) {
      EXPECT_EQ(*static_cast<unsigned char*>(block), size & 0xFF);
    }
    while (!blocks.empty()) {
      temp.Free(blocks.back().first, blocks.back().second);
      blocks.pop_back();
    }
    EXPECT_EQ(alloc.scratch_pool("jolt").allocated(), 0U);
    if (step == 0) most = alloc.scratch_pool("jolt").capacity();
    EXPECT_EQ(alloc.scratch_pool("jolt").capacity(), most) << "later steps find it grown";
  }
  EXPECT_EQ(temp.stats().live_blocks, 0U);
  EXPECT_EQ(temp.stats().on_heap, 0U);
  EXPECT_EQ(temp.stats().out_of_order, 0U);
}

TEST(JoltTempAllocator, ABlockFreedOutOfOrderWaits) {
  const SmartAlloc alloc;
  TempAllocator temp(alloc);
  void* const a = temp.Allocate(100);
  void* const b = temp.Allocate(100);
  std::memset(b, 7, 100);
  temp.Free(a, 100);
  EXPECT_EQ(temp.stats().out_of_order, 1U);
  void* const c = temp.Allocate(100);
  EXPECT_NE(c, a);
  std::memset(c, 9, 100);
  EXPECT_EQ(static_cast<unsigned char*>(b)[99], 7);
  temp.Free(c, 100);
  temp.Free(b, 100);
  EXPECT_EQ(temp.stats().live_blocks, 0U);
  EXPECT_EQ(alloc.scratch_pool("jolt").allocated(), 0U);
}

// Where Jolt's own ends the program.
TEST(JoltTempAllocator, WithoutMemoryItGoesOnWithTheCLibrarys) {
  framealloc::testing::ReportLog log;
  AllocConfig config =
      AllocConfig::minimal().with_report_handler(&framealloc::testing::ReportLog::handler, &log);
  config.enable_budgets = true;
  SmartAlloc alloc(config);
  {
    const TagScope scope = alloc.tag_scope("physics");
    TempAllocator temp(alloc, "jolt", 4096);
    void* const first = temp.Allocate(1000);
    alloc.budgets()->register_tag_budget("physics", 0, 1);
    void* const block = temp.Allocate(3'000'000);
    ASSERT_NE(block, nullptr);
    std::memset(block, 1, 3'000'000);
    EXPECT_FALSE(alloc.owns(block));
    EXPECT_EQ(temp.stats().on_system, 1U);
    temp.Free(block, 3'000'000);
    temp.Free(first, 1000);
    EXPECT_EQ(temp.stats().live_blocks, 0U);
    (void)temp.Allocate(100);
  }
  EXPECT_EQ(alloc.scratch_pool("jolt").allocated(), 0U) << "what Jolt forgot is freed at the end";
}

// Jolt takes no null: what the tag's budget denies is made up for, and told.
TEST(JoltMemory, EachRequestMayBeDeniedAndJoltGoesOn) {
  framealloc::testing::ReportLog log;
  AllocConfig config =
      AllocConfig::minimal().with_report_handler(&framealloc::testing::ReportLog::handler, &log);
  config.enable_budgets = true;
  SmartAlloc alloc(config);
  c_hooks::Memory memory(alloc, "jolt");
  ASSERT_TRUE(install_memory(memory));
  bool reached_the_end = false;
  for (std::uint64_t n = 1; n < 1000 && !reached_the_end; ++n) {
    SCOPED_TRACE(n);
    const std::uint64_t denials = memory.stats().denials;
    framealloc::testing::NthRequest nth(*alloc.budgets(), "jolt", n);
    std::vector<unsigned char*> blocks;
    for (std::size_t i = 1; i <= 20; ++i) {
      void* block = nth.call([&] { return JPH::Allocate(i * 10); });
      ASSERT_NE(block, nullptr);
      std::memset(block, static_cast<int>(i), i * 10);
      block = nth.call([&] { return JPH::Reallocate(block, i * 10, i * 1000); });
      ASSERT_NE(block, nullptr);
      blocks.push_back(static_cast<unsigned char*>(block));
      void* const aligned = nth.call([&] { return JPH::AlignedAllocate(i * 10, 64); });
      ASSERT_TRUE(aligned != nullptr && is_aligned(aligned, 64));
      JPH::AlignedFree(aligned);
    }
    for (std::size_t i = 1; i <= 20; ++i) {
      EXPECT_EQ(blocks[i - 1][0], i);
      EXPECT_EQ(blocks[i - 1][i * 10 - 1], i);
      JPH::Free(blocks[i - 1]);
    }
    EXPECT_EQ(memory.stats().blocks, 0U);
    reached_the_end = !nth.was_made();
    EXPECT_EQ(memory.stats().denials - denials, reached_the_end ? 0U : 1U);
  }
  EXPECT_TRUE(reached_the_end);
  EXPECT_EQ(Hook::uninstall(), &memory);
}

TEST(JoltTempAllocator, EachRequestMayBeDeniedAndTheStepIsDone) {
  const auto run = [](std::size_t budget, framealloc::testing::ReportLog& log) {
    AllocConfig config =
        AllocConfig::minimal().with_report_handler(&framealloc::testing::ReportLog::handler, &log);
    config.enable_budgets = true;
    SmartAlloc alloc(config);
    alloc.budgets()->set_global_budget(0, budget);
    {
      TempAllocator temp(alloc, "jolt", 4096);
      std::vector<std::pair<void*, JPH::uint>> blocks;
      for (JPH::uint size = 100; size < 200'000; size *= 2) {
        void* const block = temp.Allocate(size);
        ASSERT_NE(block, nullptr);
        std::memset(block, 1, size);
        blocks.emplace_back(block, size);
      }
      EXPECT_TRUE(temp.stats().on_system == 0 || log.size() != 0) << "the loss is told";
      for (; !blocks.empty(); blocks.pop_back()) {
        temp.Free(blocks.back().first, blocks.back().second);
      }
      EXPECT_EQ(temp.stats().live_blocks, 0U);
    }
    EXPECT_EQ(alloc.scratch_pool("jolt").allocated(), 0U);
    // What is left is the pool's own, which the heap lets go of with it.
    ASSERT_TRUE(alloc.scratch().remove("jolt"));
    EXPECT_EQ(alloc.stats().heap_allocated, 0U);
  };
  EXPECT_GT(framealloc::testing::with_each_request_denied(run), 3U);
}

struct Listener : JPH::ContactListener {
  int added = 0;
  JPH::ValidateResult OnContactValidate(const JPH::Body&, const JPH::Body&, JPH::RVec3Arg,
                                        const JPH::CollideShapeResult&) override {
    return JPH::ValidateResult::RejectContact;
  }
  void OnContactAdded(const JPH::Body&, const JPH::Body&, const JPH::ContactManifold&,
                      JPH::ContactSettings&) override {
    ++added;
  }
};

JPH::ContactManifold manifold(std::uint32_t shape) {
  return {JPH::Vec3(0, 1, 0), 0.5F, JPH::SubShapeID(shape), JPH::SubShapeID(0)};
}

TEST(JoltContactEvents, WorkersWriteWithoutALockAndTheResultIsSorted) {
  SmartAlloc alloc;
  ContactEvents<> events(alloc);
  constexpr std::uint32_t kWorkers = 4;
  constexpr std::uint32_t kEach = 500;
  for (int step = 0; step < 5; ++step) {
    alloc.begin_frame();
    {
      std::vector<std::jthread> workers;
      for (std::uint32_t worker = 0; worker < kWorkers; ++worker) {
        workers.emplace_back([&, worker] {
          JPH::ContactSettings settings;
          for (std::uint32_t i = kEach; i-- != 0;) {
            const JPH::Body a(i * kWorkers + worker, i);
            const JPH::Body b(1'000'000, 7);
            if (i % 2 == 0) {
              events.OnContactAdded(a, b, manifold(i), settings);
            } else {
              events.OnContactPersisted(a, b, manifold(i), settings);
            }
          }
          events.OnContactRemoved(JPH::SubShapeIDPair(JPH::BodyID(900'000 + worker),
                                                      JPH::SubShapeID(1), JPH::BodyID(2),
                                                      JPH::SubShapeID(3)));
        });
      }
    }
    std::size_t dropped = 1;
    const auto found = events.collect(&dropped);
    EXPECT_EQ(dropped, 0U);
    ASSERT_EQ(found.size(), std::size_t{kWorkers} * (kEach + 1));
    EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
    for (std::uint32_t i = 0; i < kWorkers * kEach; ++i) {
      EXPECT_EQ(found[i].body_a, JPH::BodyID(i));
      EXPECT_EQ(found[i].user_a, i / kWorkers);
      EXPECT_EQ(found[i].normal[1], 1.0F);
      EXPECT_EQ(found[i].kind, i / kWorkers % 2 == 0 ? ContactKind::Added : ContactKind::Persisted);
    }
    EXPECT_EQ(found.back().kind, ContactKind::Removed);
    EXPECT_TRUE(events.collect().empty());
    alloc.end_frame();
  }
}

TEST(JoltContactEvents, TheGamesListenerIsCalledAsBefore) {
  SmartAlloc alloc;
  Listener game;
  ContactEvents<> events(alloc, &game);
  const JPH::Body a(1, 0);
  const JPH::Body b(2, 0);
  JPH::ContactSettings settings;
  EXPECT_EQ(events.OnContactValidate(a, b, {0, 0, 0}, {}), JPH::ValidateResult::RejectContact);
  alloc.begin_frame();
  events.OnContactAdded(a, b, manifold(0), settings);
  EXPECT_EQ(game.added, 1);
  EXPECT_EQ(events.collect().size(), 1U);
  alloc.end_frame();
}

TEST(JoltContactEvents, EachRequestMayBeDeniedAndTheLossIsTold) {
  const auto run = [](std::size_t budget, framealloc::testing::ReportLog& log) {
    SmartAlloc alloc(
        AllocConfig::minimal().with_report_handler(&framealloc::testing::ReportLog::handler, &log));
    alloc.set_thread_frame_budget(budget);
    Listener game;
    ContactEvents<> events(alloc, &game);
    JPH::ContactSettings settings;
    const ScopedFrame frame = alloc.scoped_frame();
    for (std::uint32_t i = 0; i < 40; ++i) {
      events.OnContactAdded(JPH::Body(i, i), JPH::Body(100, 0), manifold(i), settings);
    }
    std::size_t dropped = 0;
    const auto found = events.collect(&dropped);
    EXPECT_EQ(found.size() + dropped, 40U);
    EXPECT_EQ(dropped != 0, log.size() != 0);
    EXPECT_EQ(game.added, 40) << "the game's listener was not called";
  };
  EXPECT_EQ(framealloc::testing::with_each_request_denied(run), 41U);
}

TEST(JoltContactEvents, DeniedFrameMemoryIsTold) {
  framealloc::testing::ReportLog log;
  SmartAlloc alloc(
      AllocConfig::minimal().with_report_handler(&framealloc::testing::ReportLog::handler, &log));
  ContactEvents<> events(alloc);
  JPH::ContactSettings settings;
  const JPH::Body body(1, 0);
  events.OnContactAdded(body, body, manifold(0), settings);  // no frame is open
  std::size_t dropped = 0;
  EXPECT_TRUE(events.collect(&dropped).empty());
  EXPECT_EQ(dropped, 1U);
}

}  // namespace
}  // namespace framealloc::jolt
