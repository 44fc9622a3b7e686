// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory of no type: what adaptors for C libraries stand on.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/report_log.hpp"

#include <array>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

// Every guard mode and verified frees give the same answers.
enum class Mode { Plain, Checked, Poison, Pages };

class Bytes : public ::testing::TestWithParam<Mode> {
 protected:
  static AllocConfig config(testing::ReportLog& log) {
    AllocConfig config =
        AllocConfig::minimal().with_report_handler(&testing::ReportLog::handler, &log);
    config.checked = GetParam() != Mode::Plain;
    if (GetParam() == Mode::Poison) config.guard = GuardMode::Poison;
    if (GetParam() == Mode::Pages) config.guard = GuardMode::Pages;
    config.enable_budgets = true;
    return config;
  }
  [[nodiscard]] std::size_t heap_bytes(std::string_view tag) const {
    return alloc.tag_stats(tag).heap_bytes;
  }
  testing::ReportLog log;
  SmartAlloc alloc{config(log)};
  // Small classes, spans of pages, runs of chunks.
  static constexpr std::array<std::size_t, 9> kSizes{0,      1,       100,       4000,     8192,
                                                     20'000, 300'000, 3'000'000, 9'000'000};
};

void fill(void* block, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    static_cast<unsigned char*>(block)[i] = static_cast<unsigned char>(i * 7 + 3);
  }
}
bool holds(const void* block, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    if (static_cast<const unsigned char*>(block)[i] != static_cast<unsigned char>(i * 7 + 3)) {
      return false;
    }
  }
  return true;
}

TEST_P(Bytes, HeapBlocksOfAnySizeAreFreedWithoutIt) {
  for (const std::size_t size : kSizes) {
    for (const std::size_t alignment :
         {std::size_t{1}, std::size_t{16}, std::size_t{256}, std::size_t{8192}}) {
      void* const block = alloc.heap_alloc_bytes(size, alignment);
      ASSERT_NE(block, nullptr) << size;
      EXPECT_TRUE(is_aligned(block, alignment));
      EXPECT_TRUE(alloc.owns(block));
      EXPECT_GE(alloc.heap_usable_size(block), size);
      fill(block, size);
      // On another thread, which knows neither size nor alignment.
      std::thread([&] { alloc.heap_free_bytes(block); }).join();
    }
  }
  alloc.heap_free_bytes(nullptr);
  EXPECT_EQ(alloc.stats().heap_allocated, 0U);
  EXPECT_EQ(log.size(), 0U) << log.last().message;
}

TEST_P(Bytes, ABlockIsCountedUnderItsTag) {
  const Tag lua = alloc.tag("script::lua");
  const TagScope scope = alloc.tag_scope("other");
  for (const std::size_t size : kSizes) {
    void* const block = alloc.heap_alloc_bytes(lua, size);
    ASSERT_NE(block, nullptr);
    EXPECT_GE(heap_bytes("script::lua"), std::max<std::size_t>(size, 1)) << size;
    EXPECT_EQ(heap_bytes("other"), 0U);
    EXPECT_EQ(alloc.tag_path(), "other") << "stays the thread's";
    alloc.heap_free_bytes(block);
  }
  EXPECT_EQ(heap_bytes("script::lua"), 0U);
  // What comes afterward is the thread's own again, of pool and heap.
  double* const pooled = alloc.pool_alloc<double>();
  void* const own = alloc.heap_alloc_bytes(100);
  EXPECT_GT(alloc.tag_stats("other").pool_bytes, 0U);
  EXPECT_GT(heap_bytes("other"), 0U);
  alloc.pool_free(pooled);
  alloc.heap_free_bytes(own);
  EXPECT_EQ(alloc.tag_stats("other").current_bytes, 0U);
}

// Frames stay on their short way: only the heap knows of the tag.
TEST_P(Bytes, ATagForOneCallDoesNotTouchFrameMemory) {
  const Tag lua = alloc.tag("script::lua");
  alloc.begin_frame();
  int* const before = alloc.frame_alloc<int>();
  void* const block = alloc.heap_alloc_bytes(lua, 100);
  int* const after = alloc.frame_alloc<int>();
  EXPECT_NE(before, nullptr);
  EXPECT_NE(after, nullptr);
  EXPECT_EQ(alloc.tag_stats("script::lua").frame_bytes, 0U);
  EXPECT_GE(alloc.tag_stats("").frame_bytes, 2 * sizeof(int));
  alloc.heap_free_bytes(block);
  alloc.end_frame();
}

TEST_P(Bytes, TagsInTurnAreToldApart) {
  // More tags than a thread keeps at hand, and one that the allocator never gave out.
  constexpr std::size_t kTags = 11;
  std::vector<Tag> tags;
  for (std::size_t i = 0; i < kTags; ++i) tags.push_back(alloc.tag("tag" + std::to_string(i)));
  const auto unknown = static_cast<Tag>(4000);
  struct Made {
    void* block;
    Tag tag;
  };
  std::vector<Made> made;
  const auto allocate_in_turn = [&] {
    for (const std::size_t alignment : {std::size_t{16}, std::size_t{8}, std::size_t{16}}) {
      for (std::size_t i = 0; i < kTags; ++i) {
        // All of one size: then there lies a block ready under each tag but the right one, too.
        made.push_back({alloc.heap_alloc_bytes(tags[i], 64, alignment), tags[i]});
      }
      made.push_back({alloc.heap_alloc_bytes(unknown, 64), Tag::Untagged});
    }
  };
  allocate_in_turn();
  // The next thread gets what the first one leaves, with no tag at hand that it has not asked for.
  for (int i = 0; i < 2; ++i) std::thread(allocate_in_turn).join();
  EXPECT_EQ(alloc.current_tag_id(), Tag::Untagged);
  std::array<std::size_t, kTags> bytes{};
  for (const Made& one : made) {
    ASSERT_NE(one.block, nullptr);
    const HeapBlock known = alloc.heap_block(one.block);
    EXPECT_EQ(known.tag, one.tag);
    for (std::size_t i = 0; i < kTags; ++i) bytes[i] += tags[i] == one.tag ? known.bytes : 0;
  }
  for (std::size_t i = 0; i < kTags; ++i) {
    EXPECT_GE(bytes[i], 9U * 64U);
    EXPECT_EQ(heap_bytes("tag" + std::to_string(i)), bytes[i]) << i;
  }
  for (const Made& one : made) alloc.heap_free_bytes(one.block);
  for (std::size_t i = 0; i < kTags; ++i) EXPECT_EQ(heap_bytes("tag" + std::to_string(i)), 0U);
  EXPECT_EQ(alloc.heap_alloc_bytes(tags[0], 16, 3), nullptr);
  EXPECT_EQ(log.count(Code::FA011), 1U);
}

TEST_P(Bytes, ShrinkingNeverFails) {
  alloc.budgets()->register_tag_budget("tight", 0, std::size_t{32} << 20);
  const Tag tight = alloc.tag("tight");
  for (const std::size_t size : kSizes) {
    void* const block = alloc.heap_alloc_bytes(tight, size);
    ASSERT_NE(block, nullptr);
    fill(block, size);
    std::size_t bytes = heap_bytes("tight");
    for (std::size_t now = size; now > 1; now /= 3) {
      ASSERT_TRUE(alloc.heap_try_resize(block, now)) << size << " to " << now;
      ASSERT_EQ(alloc.heap_realloc_bytes(block, now), block);
      EXPECT_GE(alloc.heap_usable_size(block), now);
      ASSERT_TRUE(holds(block, now));
      EXPECT_LE(heap_bytes("tight"), bytes);
      bytes = heap_bytes("tight");
    }
    alloc.heap_free_bytes(block);
    EXPECT_EQ(heap_bytes("tight"), 0U);
  }
  EXPECT_EQ(log.size(), 0U) << log.last().message;
}

// What adaptors count by when they get a block.
TEST_P(Bytes, AHandedOutBlockSaysHowItIsAccountedFor) {
  const Tag lua = alloc.tag("lua");
  for (int round = 0; round < 2; ++round) {  // the second time small blocks lie ready
    for (const std::size_t alignment : {1U, 16U, 256U}) {
      for (const std::size_t size : kSizes) {
        const NewHeapBlock made = alloc.heap_hand_out(lua, size, alignment);
        ASSERT_NE(made.block, nullptr);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(made.block) % alignment, 0U);
        EXPECT_EQ(made.bytes, heap_bytes("lua")) << size << ", aligned to " << alignment;
        EXPECT_GE(alloc.heap_usable_size(made.block), size);
        fill(made.block, size);
        EXPECT_EQ(alloc.heap_give_back(made.block).bytes, made.bytes);
      }
    }
  }
  EXPECT_EQ(log.size(), 0U) << log.last().message;
  EXPECT_EQ(alloc.heap_hand_out(lua, 16, 3).block, nullptr);
  EXPECT_EQ(log.count(Code::FA011), 1U);
  alloc.budgets()->register_tag_budget("dry", 0, 64);
  const NewHeapBlock denied = alloc.heap_hand_out(alloc.tag("dry"), 4000);
  EXPECT_EQ(denied.block, nullptr);
  EXPECT_EQ(denied.bytes, 0U);
}

// More allocators than a thread has places for: the short way finds nothing of the last ones.
TEST(HandOut, WorksWithMoreAllocatorsThanAThreadHasPlaces) {
  std::vector<SmartAlloc> many;
  for (int i = 0; i < 40; ++i) many.emplace_back(AllocConfig::minimal());
  for (int round = 0; round < 2; ++round) {
    for (SmartAlloc& alloc : many) {
      const Tag tag = alloc.tag("one");
      const NewHeapBlock made = alloc.heap_hand_out(tag, 100);
      ASSERT_NE(made.block, nullptr);
      EXPECT_EQ(alloc.heap_block(made.block).tag, tag);
      EXPECT_EQ(alloc.heap_block(made.block).bytes, made.bytes);
      EXPECT_EQ(alloc.heap_give_back(made.block).bytes, made.bytes);
    }
  }
  SmartAlloc none = std::move(many.front());
  EXPECT_EQ(many.front().heap_hand_out(Tag::Untagged, 16).block, nullptr);
}

// What adaptors count by: the bytes that the heap accounts for, before and by the free.
TEST_P(Bytes, AGivenBackBlockSaysWhatItWas) {
  const Tag lua = alloc.tag("lua");
  for (int round = 0; round < 2; ++round) {  // the second time small blocks lie ready
    for (const std::size_t size : kSizes) {
      void* const block = alloc.heap_alloc_bytes(lua, size);
      ASSERT_NE(block, nullptr);
      const HeapBlock known = alloc.heap_block(block);
      EXPECT_EQ(known.bytes, heap_bytes("lua")) << size;
      EXPECT_EQ(known.tag, lua);
      HeapBlock was;
      if (round == 0) {
        was = alloc.heap_give_back(block);
      } else {
        std::thread([&] { was = alloc.heap_give_back(block); }).join();
      }
      EXPECT_EQ(was.bytes, known.bytes);
      EXPECT_EQ(was.tag, lua);
      EXPECT_EQ(heap_bytes("lua"), 0U);
    }
  }
  // Another allocator's, the stack's, an address at which nothing can be read: left alone.
  SmartAlloc other(AllocConfig::minimal());
  void* const theirs = other.heap_alloc_bytes(300'000);
  int local = 0;
  for (void* const foreign :
       {theirs, static_cast<void*>(&local), reinterpret_cast<void*>(std::uintptr_t{0x10040})}) {
    EXPECT_EQ(alloc.heap_block(foreign).bytes, 0U);
    EXPECT_EQ(alloc.heap_give_back(foreign).bytes, 0U);
  }
  EXPECT_EQ(alloc.heap_block(nullptr).bytes, 0U);
  EXPECT_EQ(alloc.heap_give_back(nullptr).bytes, 0U);
  EXPECT_EQ(other.heap_give_back(theirs).bytes, 300'000U);
  EXPECT_EQ(log.size(), 0U) << log.last().message;
}

TEST_P(Bytes, ReallocationKeepsWhatBothHaveRoomFor) {
  void* block = alloc.heap_realloc_bytes(nullptr, 10);
  fill(block, 10);
  std::size_t held = 10;
  for (const std::size_t size : {500U, 40U, 9'000U, 9'100U, 1'000'000U, 20U, 4'000'000U, 1U}) {
    block = alloc.heap_realloc_bytes(block, size);
    ASSERT_NE(block, nullptr);
    EXPECT_TRUE(holds(block, std::min<std::size_t>(held, size))) << size;
    fill(block, size);
    held = size;
  }
  block = alloc.heap_realloc_bytes(block, 0);
  EXPECT_NE(block, nullptr) << "0 bytes are a block";
  block = alloc.heap_realloc_bytes(block, 100);
  ASSERT_NE(block, nullptr);
  alloc.heap_free_bytes(block);
  EXPECT_EQ(alloc.stats().heap_allocated, 0U);
  EXPECT_EQ(log.size(), 0U) << log.last().message;
}

TEST_P(Bytes, ABlockThatMovesKeepsItsTagAndGetsItsAlignment) {
  const Tag lua = alloc.tag("lua");
  void* block = alloc.heap_alloc_bytes(lua, 100);
  const TagScope scope = alloc.tag_scope("elsewhere");
  for (const std::size_t size : {5'000U, 50'000U, 5'000'000U}) {
    block = alloc.heap_realloc_bytes(block, size, 4096);
    ASSERT_NE(block, nullptr);
    EXPECT_TRUE(is_aligned(block, 4096));
    EXPECT_GE(heap_bytes("lua"), size);
    EXPECT_EQ(heap_bytes("elsewhere"), 0U);
  }
  alloc.heap_free_bytes(block);
}

TEST_P(Bytes, ADeniedReallocationLeavesTheOldBlock) {
  alloc.budgets()->register_tag_budget("tight", 0, 100'000);
  void* const block = alloc.heap_alloc_bytes(alloc.tag("tight"), 50'000);
  ASSERT_NE(block, nullptr);
  fill(block, 50'000);
  EXPECT_FALSE(alloc.heap_try_resize(block, 200'000));
  EXPECT_EQ(log.size(), 0U) << "a resize in place that cannot be is no report";
  EXPECT_EQ(alloc.heap_realloc_bytes(block, 200'000), nullptr);
  EXPECT_EQ(log.count(Code::FA311), 1U);
  EXPECT_EQ(log.last().tag, "tight");
  EXPECT_TRUE(holds(block, 50'000));
  EXPECT_GE(heap_bytes("tight"), 50'000U);
  alloc.heap_free_bytes(block);
  EXPECT_EQ(heap_bytes("tight"), 0U);
}

TEST_P(Bytes, ForeignMemoryIsToldFromItsOwn) {
  SmartAlloc other(AllocConfig::minimal());
  std::vector<char> elsewhere(100'000);
  void* const theirs = other.heap_alloc_bytes(100);
  int local = 0;
  alloc.begin_frame();
  const void* const foreign[] = {nullptr, &local, elsewhere.data(), theirs,
                                 alloc.frame_alloc<int>()};
  for (const void* const address : foreign) {
    EXPECT_FALSE(alloc.owns(address));
    EXPECT_EQ(alloc.heap_usable_size(address), 0U);
  }
  EXPECT_TRUE(other.owns(theirs));
  EXPECT_EQ(alloc.heap_realloc_bytes(elsewhere.data(), 10), nullptr);
  EXPECT_EQ(log.count(Code::FA006), 1U);
  EXPECT_FALSE(alloc.heap_try_resize(elsewhere.data(), 10));
  EXPECT_FALSE(alloc.heap_try_resize(nullptr, 10));
  alloc.end_frame();
  other.heap_free_bytes(theirs);
  // A large block counts by its beginning, and no longer once it is free.
  void* const large = alloc.heap_alloc_bytes(9'000'000);
  EXPECT_TRUE(alloc.owns(large));
  EXPECT_FALSE(alloc.owns(static_cast<char*>(large) + 8'000'000));
  alloc.heap_free_bytes(large);
  EXPECT_FALSE(alloc.owns(large));
  double* const pooled = alloc.pool_alloc<double>();
  EXPECT_TRUE(alloc.owns(pooled));
  alloc.pool_free(pooled);
}

TEST_P(Bytes, PoolBlocksTakeTheirSizeBack) {
  for (const std::size_t size : kSizes) {
    for (const std::size_t alignment : {std::size_t{1}, std::size_t{64}, std::size_t{8192}}) {
      void* const block = alloc.pool_alloc_bytes(size, alignment);
      ASSERT_NE(block, nullptr);
      EXPECT_TRUE(is_aligned(block, alignment));
      fill(block, size);
      EXPECT_GE(alloc.stats().pool_allocated, size);
      alloc.pool_free_bytes(block, size, alignment);
    }
  }
  alloc.pool_free_bytes(nullptr, 10);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
  EXPECT_EQ(log.size(), 0U) << log.last().message;
}

TEST_P(Bytes, WhatCannotBeIsRefusedAndReported) {
  EXPECT_EQ(alloc.heap_alloc_bytes(10, 3), nullptr);
  EXPECT_EQ(alloc.heap_alloc_bytes(alloc.tag("t"), 10, 0), nullptr);
  EXPECT_EQ(alloc.heap_realloc_bytes(nullptr, 10, 24), nullptr);
  EXPECT_EQ(alloc.pool_alloc_bytes(10, 24), nullptr);
  EXPECT_EQ(log.count(Code::FA011), 4U);
  EXPECT_EQ(alloc.heap_alloc_bytes(SIZE_MAX), nullptr);
  EXPECT_EQ(log.count(Code::FA011), 5U);
  EXPECT_EQ(log.last().file.substr(log.last().file.rfind('/') + 1), "bytes_test.cpp");
  void* const block = alloc.heap_alloc_bytes(10);
  EXPECT_FALSE(alloc.heap_try_resize(block, SIZE_MAX));
  EXPECT_EQ(alloc.heap_realloc_bytes(block, SIZE_MAX), nullptr);
  EXPECT_EQ(log.count(Code::FA011), 6U);
  alloc.heap_free_bytes(block);
}

std::string name_of(const ::testing::TestParamInfo<Mode>& mode) {
  switch (mode.param) {
    case Mode::Plain:
      return "Plain";
    case Mode::Checked:
      return "Checked";
    case Mode::Poison:
      return "Poison";
    case Mode::Pages:
      break;
  }
  return "Pages";
}
INSTANTIATE_TEST_SUITE_P(Modes, Bytes,
                         ::testing::Values(Mode::Plain, Mode::Checked, Mode::Poison, Mode::Pages),
                         name_of);

TEST(BytesOfNoAllocator, AreNone) {
  SmartAlloc none(AllocConfig{.frames_in_flight = 9, .on_report = [](const Report&, void*) {}});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.heap_alloc_bytes(10), nullptr);
  EXPECT_EQ(none.heap_alloc_bytes(Tag::Untagged, 10), nullptr);
  EXPECT_EQ(none.heap_realloc_bytes(nullptr, 10), nullptr);
  EXPECT_EQ(none.pool_alloc_bytes(10), nullptr);
  int local = 0;
  EXPECT_FALSE(none.heap_try_resize(&local, 1));
  EXPECT_EQ(none.heap_usable_size(&local), 0U);
  EXPECT_FALSE(none.owns(&local));
  none.heap_free_bytes(nullptr);
  none.pool_free_bytes(nullptr, 10);
}

}  // namespace
}  // namespace framealloc
