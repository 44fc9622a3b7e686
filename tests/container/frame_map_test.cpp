// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/frame_map.hpp>
#include <framealloc/frame_string.hpp>

#include "container/test_arena.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace framealloc::test {
namespace {

TEST(FrameMap, InsertsFindsAndOverwrites) {
  TestArena arena;
  FrameMap<int, std::string> map(*arena);
  EXPECT_TRUE(map.empty());
  EXPECT_EQ(map.get(1), nullptr);
  EXPECT_EQ(map.erase(1), 0U);
  auto [at, inserted] = map.insert(1, "one");
  EXPECT_TRUE(inserted);
  EXPECT_EQ(at->first, 1);
  EXPECT_EQ(at->second, "one");
  EXPECT_FALSE(map.insert(1, "other").second) << "insert does not overwrite";
  EXPECT_EQ(*map.get(1), "one");
  EXPECT_FALSE(map.insert_or_assign(1, "uno").second);
  EXPECT_EQ(*map.get(1), "uno");
  EXPECT_TRUE(map.insert_or_assign(2, "dos").second);
  EXPECT_TRUE(map.insert({3, "tres"}).second);
  EXPECT_TRUE(map.try_emplace(4, std::size_t{3}, 'x').second);
  EXPECT_EQ(*map.get(4), "xxx");
  EXPECT_EQ(*map.get_or_insert(4, "no"), "xxx");
  EXPECT_EQ(*map.get_or_insert(5, "yes"), "yes");
  EXPECT_EQ(map.size(), 5U);
  EXPECT_TRUE(map.contains_key(3));
  EXPECT_TRUE(map.contains(3));
  EXPECT_EQ(map.count(9), 0U);
  EXPECT_EQ(map.find(9), map.end());
  EXPECT_EQ(std::as_const(map).find(2)->second, "dos");
  EXPECT_EQ(map.erase(2), 1U);
  EXPECT_FALSE(map.contains_key(2));
  map.clear();
  EXPECT_TRUE(map.empty());
  EXPECT_FALSE(map.contains_key(1));
  EXPECT_TRUE(map.insert(1, "again").second);
}

TEST(FrameMap, WhatIsNotInsertedIsNotMovedFrom) {
  TestArena arena;
  FrameMap<int, std::unique_ptr<int>> map(*arena);
  auto value = std::make_unique<int>(1);
  EXPECT_TRUE(map.try_emplace(1, std::move(value)).second);
  value = std::make_unique<int>(2);
  EXPECT_FALSE(map.try_emplace(1, std::move(value)).second);
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(**map.get(1), 1);
  map.insert_or_assign(1, std::move(value));
  EXPECT_EQ(**map.get(1), 2);
}

// The original divides by zero here.
TEST(FrameMap, CapacityZeroIsAnEmptyMap) {
  TestArena arena;
  FrameMap<int, int> map(*arena, 0);
  EXPECT_EQ(map.capacity(), 0U);
  EXPECT_EQ(map.get(0), nullptr);
  EXPECT_FALSE(map.contains_key(0));
  EXPECT_TRUE(map.insert(0, 1).second);
}

TEST(FrameMap, GrowsAtAnyLoad) {
  TestArena arena;
  FrameMap<std::uint64_t, std::uint64_t> map(*arena);
  for (std::uint64_t i = 0; i < 10000; ++i) ASSERT_TRUE(map.insert(i, i * i).second);
  for (std::uint64_t i = 0; i < 10000; ++i) {
    ASSERT_EQ(*map.get(i), i * i);
    ASSERT_FALSE(map.insert_or_assign(i, i).second);
  }
  EXPECT_EQ(map.size(), 10000U);
  EXPECT_EQ(map.get(10000), nullptr);
}

TEST(FrameMap, ReservedEntriesNeedNoMoreMemory) {
  TestArena arena;
  FrameMap<int, int> map(*arena, 1000);
  EXPECT_GE(map.capacity(), 1000U);
  const std::size_t before = arena->position();
  for (int i = 0; i < 1000; ++i) (void)map.insert(i, i);
  EXPECT_EQ(arena->position(), before);
}

// The original refuses to update a key from three quarters of its capacity on.
TEST(FrameMap, WithoutMemoryItFillsUpAndStillOverwrites) {
  TestArena arena(1, 4096);
  FrameMap<int, int> map(*arena, 50);
  (void)arena->alloc_bytes(arena->capacity_left());
  int count = 0;
  while (map.insert(count, count).second) ++count;
  EXPECT_GE(static_cast<std::size_t>(count), map.capacity());
  EXPECT_EQ(map.insert(count, 1).first, map.end());
  EXPECT_EQ(map.get_or_insert(count), nullptr);
  for (int i = 0; i < count; ++i) {
    const auto result = map.insert_or_assign(i, -i);
    EXPECT_FALSE(result.second);
    ASSERT_NE(result.first, map.end());
    ASSERT_EQ(*map.get(i), -i);
  }
  EXPECT_EQ(map.get(count), nullptr);
  EXPECT_EQ(map.erase(0), 1U);
  EXPECT_TRUE(map.insert(count, 7).second) << "room that was freed is room";
}

TEST(FrameMap, CopesWithWeakHashes) {
  struct Same {
    std::size_t operator()(int) const noexcept { return 42; }
  };
  struct Shifted {
    std::size_t operator()(int i) const noexcept { return static_cast<std::size_t>(i) << 40; }
  };
  TestArena arena;
  FrameMap<int, int, Same> same(*arena);
  FrameMap<int, int, Shifted> shifted(*arena);
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(same.insert(i, i).second);
    ASSERT_TRUE(shifted.insert(i, i).second);
  }
  for (int i = 0; i < 500; i += 2) ASSERT_EQ(same.erase(i), 1U);
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(same.contains_key(i), i % 2 == 1);
    ASSERT_EQ(*shifted.get(i), i);
  }
}

TEST(FrameMap, IteratesOverEveryEntryOnce) {
  static_assert(std::forward_iterator<FrameMap<int, int>::iterator>);
  static_assert(std::is_same_v<decltype((FrameMap<int, int>::iterator()->first)), const int&>);
  TestArena arena;
  FrameMap<int, int> map(*arena);
  for (int i = 0; i < 100; ++i) (void)map.insert(i, 0);
  int expected = 0;
  for (auto& [key, value] : map) {
    EXPECT_EQ(key, expected++) << "in the order of insertion";
    value = key * 2;
  }
  EXPECT_EQ(expected, 100);
  std::set<int> seen;
  for (auto at = map.begin(); at != map.end();) {
    seen.insert(at->first);
    if (at->first % 3 == 0) {
      at = map.erase(at);
    } else {
      ++at;
    }
  }
  EXPECT_EQ(seen.size(), 100U);
  EXPECT_EQ(map.size(), 66U);
  EXPECT_EQ(map.retain([](int key, int&) { return key % 2 == 0; }), 33U);
  const auto& constant = map;
  for (const auto& [key, value] : constant) {
    EXPECT_EQ(value, key * 2);
    EXPECT_EQ(key % 2, 0);
    EXPECT_NE(key % 3, 0);
  }
}

TEST(FrameMap, FindsStringsByAnyKindOfString) {
  TestArena arena;
  FrameMap<std::string, int> map(*arena);
  (void)map.insert("player", 1);
  EXPECT_EQ(*map.get("player"), 1);
  EXPECT_EQ(*map.get(std::string_view("player")), 1);
  EXPECT_TRUE(map.contains_key(std::string("player")));
  EXPECT_NE(map.find("player"), map.end());
  EXPECT_EQ(map.erase("player"), 1U);
  FrameMap<FrameString, int> frames(*arena);
  (void)frames.insert(FrameString(*arena, "name"), 2);
  EXPECT_EQ(*frames.get("name"), 2);
  EXPECT_EQ(frames.get("none"), nullptr);
}

TEST(FrameMap, DestroysEachEntryOnce) {
  TestArena arena;
  const CountedBalance balance;
  {
    FrameMap<int, Counted> map(*arena);
    for (int i = 0; i < 200; ++i) (void)map.try_emplace(i, i);
    EXPECT_EQ(Counted::living(), 200);
    for (int i = 0; i < 100; ++i) (void)map.erase(i);
    EXPECT_EQ(Counted::living(), 100);
    for (const auto& [key, value] : map) ASSERT_EQ(value.value, key);
    FrameMap<int, Counted> other(std::move(map));
    EXPECT_EQ(other.size(), 100U);
    EXPECT_TRUE(map.empty());
    EXPECT_FALSE(map.contains_key(150));
    (void)map.try_emplace(1, 1);
    swap(map, other);
    EXPECT_EQ(map.size(), 100U);
    map = std::move(other);
    EXPECT_EQ(Counted::living(), 1);
  }
  EXPECT_EQ(Counted::living(), 0);
}

TEST(FrameMap, KeysMoveWhenItGrows) {
  TestArena arena;
  FrameMap<std::unique_ptr<int>, std::string> map(*arena);
  std::vector<int*> keys;
  for (int i = 0; i < 100; ++i) {
    auto key = std::make_unique<int>(i);
    keys.push_back(key.get());
    (void)map.insert(std::move(key), std::to_string(i));
  }
  std::size_t i = 0;
  for (const auto& [key, value] : map) {
    ASSERT_EQ(key.get(), keys[i++]);
    ASSERT_EQ(value, std::to_string(*key));
  }
}

TEST(FrameMap, TheFrameEmptiesItAndTheNextMayFillIt) {
  TestArena arena;
  const CountedBalance balance;
  FrameMap<int, Counted> map(*arena);
  for (int i = 0; i < 100; ++i) (void)map.try_emplace(i, i);
  arena.next_frame();
  EXPECT_EQ(Counted::living(), 0);
  EXPECT_TRUE(map.empty());
  EXPECT_EQ(map.get(5), nullptr);
  EXPECT_EQ(map.begin(), map.end());
  (void)arena->alloc_batch<int>(1000);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(map.try_emplace(i, i).second);
  EXPECT_EQ(map.get(5)->value, 5);
}

TEST(FrameMap, ARewindEmptiesWhatGrew) {
  TestArena arena;
  const CountedBalance balance;
  FrameMap<int, Counted> map(*arena, 4);
  (void)map.try_emplace(1, 1);
  const FrameCheckpoint start = arena->checkpoint();
  for (int i = 0; i < 1000; ++i) (void)map.try_emplace(i, i);
  ASSERT_TRUE(arena->rewind(start));
  EXPECT_EQ(Counted::living(), 0);
  EXPECT_TRUE(map.empty());
  EXPECT_FALSE(map.contains_key(1));
  EXPECT_TRUE(map.try_emplace(2, 2).second);
}

TEST(FrameMap, GivesItsMemoryBackWhenItIsTheNewest) {
  TestArena arena;
  const std::size_t before = arena->position();
  {
    const FrameMap<int, int> map(*arena, 100);
  }
  EXPECT_EQ(arena->position(), before);
}

TEST(FrameMap, ClonesAndCompares) {
  TestArena arena;
  FrameMap<int, std::string> map(*arena);
  for (int i = 0; i < 50; ++i) (void)map.insert(i, std::to_string(i));
  auto copy = map.clone();
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ(*copy, map);
  (void)map.erase(7);
  EXPECT_NE(*copy, map);
  (void)map.insert(7, "7");
  EXPECT_EQ(*copy, map) << "the order does not matter";
}

TEST(FrameMap, AnIndexThatIsDeniedLeavesTheMapEmpty) {
  // 48 bytes of entries fit, 64 bytes of index do not.
  TestArena arena(1, 64);
  FrameMap<int, int> map(*arena);
  for (int i = 0; i < 3; ++i) {
    const auto [at, inserted] = map.insert(i, i);
    EXPECT_FALSE(inserted);
    EXPECT_EQ(at, map.end());
  }
  EXPECT_EQ(map.get(0), nullptr);
  EXPECT_EQ(map.erase(0), 0U);
  EXPECT_EQ(map.capacity(), 0U);
  EXPECT_EQ(arena.reports().size(), 3U);
}

// What the end of the frame took is not looked into when the next one has no memory for it.
TEST(FrameMap, AStaleIndexIsForgotten) {
  TestArena arena(1, 512);
  const CountedBalance balance;
  FrameMap<int, Counted> map(*arena);
  (void)map.try_emplace(1, 1);
  arena.next_frame();
  // Entries (6 of 24 bytes and their finalizer) fit once more, the index does not.
  auto* const rest = arena->alloc_batch<std::uint64_t>((512 - 208) / 8);
  std::fill_n(rest, (512 - 208) / 8, UINT64_MAX);
  EXPECT_FALSE(map.try_emplace(1, 1).second);
  EXPECT_EQ(map.capacity(), 0U);
  EXPECT_FALSE(map.contains_key(1));
}

TEST(FrameMap, ImpossibleCapacitiesAreDenied) {
  TestArena arena;
  FrameMap<int, int> map(*arena);
  EXPECT_FALSE(map.reserve(SIZE_MAX));
  EXPECT_FALSE(map.reserve(std::size_t{1} << 33));
  EXPECT_TRUE(map.insert(1, 1).second);
  ASSERT_EQ(arena.reports().size(), 2U);
}

}  // namespace
}  // namespace framealloc::test
