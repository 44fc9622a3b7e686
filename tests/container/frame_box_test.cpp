// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/frame_box.hpp>
#include <framealloc/frame_vec.hpp>

#include "container/test_arena.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace framealloc::test {
namespace {

struct Point {
  int x;
  int y;
};

TEST(FrameBox, OwnsAndReads) {
  TestArena arena;
  auto box = FrameBox<std::string>::make(*arena, "text");
  ASSERT_TRUE(box);
  EXPECT_EQ(*box, "text");
  EXPECT_EQ(box->size(), 4U);
  FrameBox<std::string> null;
  EXPECT_FALSE(null);
  EXPECT_EQ(null, nullptr);
  swap(box, null);
  EXPECT_FALSE(box);
  EXPECT_EQ(*null, "text");
  EXPECT_EQ(null.into_inner(), "text");
  EXPECT_EQ(null, nullptr);
  const auto point = FrameBox<Point>::make(*arena, 1, 2);
  EXPECT_EQ(point->y, 2);
  std::unordered_set<FrameBox<int>> set;
  set.insert(FrameBox<int>::make(*arena, 3));
  EXPECT_EQ(set.size(), 1U);
}

TEST(FrameBox, CostsNothingWhereThereIsNothingToDestroy) {
  static_assert(sizeof(FrameBox<int>) == sizeof(void*));
  static_assert(sizeof(FrameBox<std::string>) == 2 * sizeof(void*));
  static_assert(!std::is_copy_constructible_v<FrameBox<int>>);
  static_assert(std::is_nothrow_move_constructible_v<FrameBox<std::string>>);
  TestArena arena;
  (void)arena->alloc<int>();
  const std::size_t before = arena->position();
  const auto box = FrameBox<int>::make(*arena, 1);
  EXPECT_EQ(arena->position() - before, kGranule);
  EXPECT_EQ(*box, 1);
}

TEST(FrameBox, TheScopeDestroysTheObject) {
  TestArena arena;
  const CountedBalance balance;
  {
    auto box = FrameBox<Counted>::make(*arena, 5);
    EXPECT_EQ(Counted::living(), 1);
    FrameBox<Counted> other(std::move(box));
    EXPECT_EQ(box, nullptr);
    auto third = FrameBox<Counted>::make(*arena, 6);
    third = std::move(other);
    EXPECT_EQ(Counted::living(), 1);
    EXPECT_EQ(third->value, 5);
    FrameBox<Counted>& same = third;
    third = std::move(same);
    EXPECT_EQ(third->value, 5);
  }
  EXPECT_EQ(Counted::living(), 0);
  arena.end();
  EXPECT_EQ(Counted::destroyed, 2);
}

TEST(FrameBox, TheFrameDestroysItIfTheBoxLivesLonger) {
  TestArena arena;
  const CountedBalance balance;
  auto box = FrameBox<Counted>::make(*arena, 5);
  auto moved = std::move(box);
  arena.end();
  EXPECT_EQ(Counted::living(), 0);
  EXPECT_EQ(moved, nullptr) << "a box must not show an object that is gone";
  arena.begin();
  const auto newer = FrameBox<Counted>::make(*arena, 6);
  moved.reset();
  EXPECT_EQ(newer->value, 6);
  EXPECT_EQ(Counted::living(), 1);
}

TEST(FrameBox, ARewindDestroysIt) {
  TestArena arena;
  const CountedBalance balance;
  const auto older = FrameBox<Counted>::make(*arena, 1);
  const FrameCheckpoint start = arena->checkpoint();
  const auto box = FrameBox<Counted>::make(*arena, 2);
  ASSERT_TRUE(arena->rewind(start));
  EXPECT_EQ(box, nullptr);
  EXPECT_EQ(older->value, 1);
  EXPECT_EQ(Counted::living(), 1);
}

TEST(FrameBox, ReleaseLeavesTheObjectToTheFrame) {
  TestArena arena;
  const CountedBalance balance;
  Counted* raw = nullptr;
  {
    auto box = FrameBox<Counted>::make(*arena, 5);
    raw = box.release();
    EXPECT_EQ(box, nullptr);
  }
  EXPECT_EQ(Counted::living(), 1);
  EXPECT_EQ(raw->value, 5);
  arena.end();
  EXPECT_EQ(Counted::living(), 0);
}

TEST(FrameBox, DeniedIsNull) {
  TestArena arena(1, 48);
  const CountedBalance balance;
  // The record of the destructor fits, the object does not.
  const auto box = FrameBox<Counted>::make(*arena, 5);
  EXPECT_EQ(box, nullptr);
  EXPECT_EQ(FrameBox<Counted>::make(*arena, 5), nullptr);
  EXPECT_EQ(frame_new<Counted>(*arena, 5), nullptr);
  arena.end();
  EXPECT_EQ(FrameBox<int>::make(*arena, 5), nullptr) << "no frame is open";
}

TEST(FrameBox, OverAligned) {
  struct alignas(128) Wide {
    std::string text = "wide";
  };
  TestArena arena;
  std::vector<FrameBox<Wide>> boxes;
  for (int i = 0; i < 10; ++i) {
    boxes.push_back(FrameBox<Wide>::make(*arena));
    EXPECT_TRUE(is_aligned(boxes.back().get(), alignof(Wide)));
    (void)arena->alloc<int>();
  }
  EXPECT_EQ(boxes.front()->text, "wide");
}

TEST(FrameBox, BoxesInAFrameVectorDieOnce) {
  TestArena arena;
  const CountedBalance balance;
  FrameVec<FrameBox<Counted>> boxes(*arena);
  for (int i = 0; i < 100; ++i) (void)boxes.push_back(FrameBox<Counted>::make(*arena, i));
  EXPECT_EQ(boxes[99]->value, 99);
  boxes.erase(boxes.begin());
  EXPECT_EQ(Counted::living(), 99);
  arena.end();
  EXPECT_EQ(Counted::living(), 0);
}

TEST(FrameNew, DestroysAtTheEndInReverseOrder) {
  static std::vector<int> order;
  struct Tracked {
    int id;
    std::string text = "owns memory that would leak";
    ~Tracked() { order.push_back(id); }
  };
  order.clear();
  TestArena arena;
  for (int i = 0; i < 3; ++i) ASSERT_NE(frame_new<Tracked>(*arena, i), nullptr);
  EXPECT_TRUE(order.empty());
  arena.end();
  EXPECT_EQ(order, (std::vector<int>{2, 1, 0}));
}

#if FRAMEALLOC_EXCEPTIONS
TEST(FrameBox, AThrowingConstructorOwesNoDestructor) {
  struct Refuses {
    Counted member{1};
    explicit Refuses(bool refuse) {
      if (refuse) throw 1;
    }
  };
  TestArena arena;
  const CountedBalance balance;
  EXPECT_THROW((void)FrameBox<Refuses>::make(*arena, true), int);
  EXPECT_THROW((void)frame_new<Refuses>(*arena, true), int);
  FrameVec<Refuses> v(*arena);
  EXPECT_THROW((void)v.emplace_back(true), int);
  EXPECT_TRUE(v.empty());
  (void)v.emplace_back(false);
  EXPECT_THROW((void)v.emplace_back(true), int);
  EXPECT_EQ(v.size(), 1U);
}
#endif

}  // namespace
}  // namespace framealloc::test
