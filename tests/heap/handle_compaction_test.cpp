// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/handle_allocator.hpp>

#include "heap/handle_fixture.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <list>
#include <string>
#include <vector>

namespace framealloc {

namespace {
// Has a destructor, and yet its bytes may be moved.
struct Registered {
  explicit Registered(int n) : value(n) {}
  Registered(Registered&& other) noexcept : value(other.value) { ++moves; }
  Registered& operator=(Registered&&) = delete;
  ~Registered() { ++ends; }
  int value;
  std::array<char, 60> rest{};
  static inline int moves = 0;
  static inline int ends = 0;
};
}  // namespace
template <>
inline constexpr bool is_trivially_relocatable<Registered> = true;

namespace {

using testing::HandleWorld;

struct Blob {
  std::array<std::uint32_t, 64> words;
};

// Points to itself: right only if it was moved by its constructor.
struct Selfish {
  explicit Selfish(int n) : self(this), value(n) {}
  Selfish(Selfish&& other) noexcept : self(this), value(other.value), text(std::move(other.text)) {}
  Selfish& operator=(Selfish&&) = delete;
  Selfish* self;
  int value;
  std::string text = "a text that does not fit into the string object itself";
};

struct ThrowingMove {
  ThrowingMove() = default;
  ThrowingMove(ThrowingMove&&) noexcept(false) {}
  ThrowingMove& operator=(ThrowingMove&&) = delete;
  ~ThrowingMove() {}  // not trivial
  std::array<char, 200> bytes{};
};

static_assert(is_handle_movable<Blob> && is_handle_movable<Selfish>);
static_assert(!is_trivially_relocatable<Selfish> && !is_handle_movable<ThrowingMove>);

// `count` objects of which all but every `keep`th are freed.
template <class T, class Make>
std::vector<Handle<T>> make_holes(HandleAllocator& handles, int count, int keep, Make make) {
  std::vector<Handle<T>> all;
  for (int i = 0; i < count; ++i) all.push_back(make(i));
  std::vector<Handle<T>> kept;
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (i % keep == 0) {
      kept.push_back(all[at]);
    } else {
      EXPECT_TRUE(handles.free(all[at]));
    }
  }
  return kept;
}

std::vector<Handle<Blob>> make_blobs(HandleAllocator& handles, int count, int keep) {
  return make_holes<Blob>(handles, count, keep, [&](int i) {
    const Handle<Blob> handle = handles.alloc_raw<Blob>();
    handles.resolve(handle)->words.fill(static_cast<std::uint32_t>(i));
    return handle;
  });
}

TEST(HandleCompactionTest, ChunksBecomeFewerAndObjectsStayWhole) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto kept = make_blobs(handles, 4000, 8);
  const HandleAllocatorStats before = handles.stats();
  ASSERT_GT(before.chunks, 15U);
  const CompactResult result = handles.compact();
  const HandleAllocatorStats after = handles.stats();
  EXPECT_TRUE(result.finished);
  EXPECT_GT(result.moves, 0U);
  EXPECT_LT(result.moves, kept.size());  // the fullest chunks are not moved
  EXPECT_EQ(result.bytes_moved, result.moves * sizeof(Blob));
  EXPECT_EQ(result.chunks_released, before.chunks - after.chunks);
  EXPECT_LE(after.chunks, before.chunks / 8 + 2);
  EXPECT_EQ(after.relocation_count, result.moves);
  EXPECT_EQ(after.relocated_bytes, result.bytes_moved);
  EXPECT_NEAR(after.fragmentation_before, before.fragmentation(), 0.001);
  EXPECT_NEAR(after.fragmentation_after, after.fragmentation(), 0.001);
  EXPECT_LT(after.fragmentation_after, before.fragmentation() / 2);
  EXPECT_EQ(after.total_allocated, before.total_allocated);
  EXPECT_EQ(after.used_bytes, before.used_bytes);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    for (const std::uint32_t word : handles.resolve(kept[i])->words) ASSERT_EQ(word, i * 8);
  }
  // The chunks are the pool's again.
  EXPECT_EQ(world.chunks().idle_bytes(), (before.chunks - after.chunks) * HandleWorld::kChunk);
  EXPECT_EQ(handles.compact().moves, 0U);
}

TEST(HandleCompactionTest, NothingToGainMovesNothing) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  EXPECT_EQ(handles.defragment(), 0U);
  (void)make_blobs(handles, 100, 2);  // one chunk
  EXPECT_EQ(handles.stats().chunks, 1U);
  EXPECT_EQ(handles.defragment(), 0U);
  (void)make_blobs(handles, 4000, 1);  // full ones
  EXPECT_EQ(handles.defragment(), 0U);
  EXPECT_EQ(handles.relocation_count(), 0U);
}

TEST(HandleCompactionTest, ABudgetEndsACallAndTheNextGoesOn) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto kept = make_blobs(handles, 4000, 8);
  EXPECT_EQ(handles.compact(std::uint64_t{0}).moves, 0U);
  CompactBudget budget;
  budget.bytes = 10 * sizeof(Blob);
  std::uint64_t moves = 0;
  int calls = 0;
  for (;; ++calls) {
    const CompactResult result = handles.compact(budget);
    EXPECT_LE(result.moves, 10U);
    moves += result.moves;
    if (result.finished) break;
    ASSERT_LT(calls, 1000);
  }
  EXPECT_GT(calls, 10);
  EXPECT_LE(handles.stats().chunks, 4U);
  EXPECT_LT(moves, kept.size());
  for (std::size_t i = 0; i < kept.size(); ++i)
    EXPECT_EQ(handles.resolve(kept[i])->words[63], i * 8);
}

TEST(HandleCompactionTest, ObjectsMoveByTheirConstructor) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto kept =
      make_holes<Selfish>(handles, 3000, 10, [&](int i) { return handles.alloc<Selfish>(i); });
  EXPECT_GT(handles.defragment(), 0U);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const Selfish* const object = handles.resolve(kept[i]);
    EXPECT_EQ(object->self, object);
    EXPECT_EQ(object->value, static_cast<int>(i * 10));
    EXPECT_EQ(object->text.size(), 54U);
  }
}

TEST(HandleCompactionTest, ATypeMaySayThatItsBytesMayMove) {
  HandleWorld world;
  Registered::moves = 0;
  Registered::ends = 0;
  {
    HandleAllocator handles(world.context());
    const auto kept = make_holes<Registered>(handles, 5000, 10,
                                             [&](int i) { return handles.alloc<Registered>(i); });
    EXPECT_GT(handles.defragment(), 0U);
    EXPECT_EQ(Registered::moves, 0);
    EXPECT_EQ(Registered::ends, 4500);
    EXPECT_EQ(handles.resolve(kept[7])->value, 70);
  }
  EXPECT_EQ(Registered::ends, 5000);
}

TEST(HandleCompactionTest, WhatMayNotMoveStays) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  HandleOptions fixed;
  fixed.relocatable = false;
  const auto kept =
      make_holes<Blob>(handles, 2000, 8, [&](int) { return handles.alloc_raw<Blob>(fixed); });
  const auto others = make_holes<ThrowingMove>(handles, 2000, 8,
                                               [&](int) { return handles.alloc<ThrowingMove>(); });
  std::vector<const void*> places;
  for (const auto handle : kept) places.push_back(handles.resolve(handle));
  EXPECT_EQ(handles.stats().relocatable_count, 0U);
  EXPECT_EQ(handles.defragment(), 0U);
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(handles.resolve(kept[i]), places[i]);
}

TEST(HandleCompactionTest, PinnedObjectsStayAndTheirChunkIsLeftAlone) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto kept = make_blobs(handles, 4000, 8);
  std::vector<PinGuard<Blob>> guards;
  std::vector<const Blob*> places;
  for (const auto handle : kept) {
    guards.push_back(handles.pin(handle));
    places.push_back(guards.back().get());
  }
  EXPECT_EQ(handles.stats().pinned_count, kept.size());
  EXPECT_EQ(handles.defragment(), 0U);
  for (std::size_t i = 1; i < guards.size(); ++i) guards[i].unpin();
  EXPECT_GT(handles.defragment(), 0U);
  EXPECT_EQ(guards[0].get(), places[0]);
  EXPECT_EQ(handles.resolve(kept[0]), places[0]);
  EXPECT_EQ(guards[0]->words[0], 0U);
}

// One pin in a chunk is enough: moving the others would gain nothing.
TEST(HandleCompactionTest, NothingMovesOutOfAChunkThatCannotBeEmptied) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto kept = make_blobs(handles, 4000, 8);
  std::vector<PinGuard<Blob>> guards;
  for (std::size_t i = 0; i < kept.size(); i += 5) guards.push_back(handles.pin(kept[i]));
  EXPECT_EQ(handles.defragment(), 0U);
}

TEST(HandleCompactionTest, APinThatComesBetweenTwoCallsHolds) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto kept = make_blobs(handles, 4000, 8);
  CompactBudget budget;
  budget.bytes = sizeof(Blob);
  ASSERT_EQ(handles.compact(budget).moves, 1U);  // the chunk is planned by now, and begun
  std::vector<PinGuard<Blob>> guards;
  std::vector<const Blob*> places;
  for (const auto handle : kept) {
    guards.push_back(handles.pin(handle));
    places.push_back(guards.back().get());
  }
  EXPECT_EQ(handles.defragment(), 0U);
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(handles.resolve(kept[i]), places[i]);
  guards.clear();
  EXPECT_GT(handles.defragment(), 0U);
}

struct Diary {
  HandleAllocator* handles;
  std::vector<Handle<Blob>>* kept;
  std::size_t told = 0;
  std::size_t made = 0;
};

TEST(HandleCompactionTest, ACallbackMayUseTheAllocator) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  std::vector<Handle<Blob>> kept;
  Diary diary{&handles, &kept};
  HandleOptions options;
  options.context = &diary;
  options.on_relocate = [](const Relocation& moved, void* context) {
    Diary& own = *static_cast<Diary*>(context);
    ++own.told;
    const Handle<Blob> handle(moved.handle);
    EXPECT_EQ(own.handles->resolve(handle), moved.to);
    EXPECT_NE(moved.from, moved.to);
    EXPECT_EQ(moved.size, sizeof(Blob));
    EXPECT_EQ(own.handles->compact().moves, 0U);  // one at a time, and no deadlock
    const Handle<int> made = own.handles->alloc<int>(1);
    EXPECT_GT(own.handles->stats().active_handles, 0U);
    if (own.told % 3 == 0) {
      EXPECT_TRUE(own.handles->free(handle));
    }
    EXPECT_TRUE(own.handles->free(made));
  };
  kept = make_holes<Blob>(handles, 4000, 8, [&](int) { return handles.alloc_raw<Blob>(options); });
  const std::uint64_t moves = handles.defragment();
  EXPECT_GT(moves, 0U);
  EXPECT_EQ(diary.told, moves);
  EXPECT_EQ(handles.active_count(), kept.size() - moves / 3);
}

TEST(HandleCompactionTest, AnAllocationTakesAChunkBackThatIsBeingEmptied) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto kept = make_blobs(handles, 2000, 4);
  CompactBudget budget;
  budget.bytes = 5 * sizeof(Blob);
  EXPECT_FALSE(handles.compact(budget).finished);
  const std::uint64_t chunks = handles.stats().chunks;
  // As many as there are holes: not one chunk more is needed.
  for (int i = 0; i < 1200; ++i) ASSERT_FALSE(handles.alloc_raw<Blob>().is_dangling());
  EXPECT_LE(handles.stats().chunks, chunks);
  handles.defragment();
  for (std::size_t i = 0; i < kept.size(); ++i)
    EXPECT_EQ(handles.resolve(kept[i])->words[0], i * 4);
}

}  // namespace
}  // namespace framealloc
