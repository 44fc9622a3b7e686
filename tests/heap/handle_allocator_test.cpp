// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/handle_allocator.hpp>

#include "heap/handle_fixture.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <vector>

namespace framealloc {
namespace {

using testing::HandleWorld;

struct Counted {
  explicit Counted(int* alive, int number = 0) : alive_(alive), value(number) { ++*alive_; }
  Counted(Counted&& other) noexcept : alive_(other.alive_), value(other.value) { ++*alive_; }
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --*alive_; }
  int* alive_;
  int value;
};

struct Wide {
  alignas(256) std::array<char, 300> bytes;
};

struct Point {
  int x = 0;
  int y = 0;
};

TEST(HandleTest, DefaultNamesNothing) {
  const Handle<Point> handle;
  EXPECT_TRUE(handle.is_dangling());
  EXPECT_EQ(handle, Handle<Point>::dangling());
  EXPECT_EQ(handle.raw_index(), UINT32_MAX);
  EXPECT_EQ(handle.raw_generation(), 0U);
  EXPECT_NE(handle, (Handle<Point>(0, 1)));
  EXPECT_LT((Handle<Point>(0, 1)), (Handle<Point>(1, 1)));
  const std::unordered_set<Handle<Point>> set{handle, Handle<Point>(0, 1), Handle<Point>(0, 2),
                                              Handle<Point>(0, 1)};
  EXPECT_EQ(set.size(), 3U);
}

TEST(HandleAllocatorTest, ObjectsLiveFromAllocToFree) {
  HandleWorld world;
  int alive = 0;
  {
    HandleAllocator handles(world.context());
    const Handle<Counted> a = handles.alloc<Counted>(&alive, 7);
    const Handle<Point> b = handles.alloc<Point>(3, 4);  // an aggregate
    ASSERT_FALSE(a.is_dangling());
    EXPECT_EQ(alive, 1);
    EXPECT_EQ(handles.resolve(a)->value, 7);
    EXPECT_EQ(std::as_const(handles).resolve(b)->y, 4);
    EXPECT_EQ(handles.active_count(), 2U);
    EXPECT_EQ(handles.total_allocated(), 32U);
    EXPECT_TRUE(handles.free(a));
    EXPECT_EQ(alive, 0);
    EXPECT_FALSE(handles.is_valid(a));
    EXPECT_TRUE(handles.is_valid(b));
    EXPECT_EQ(world.report_count(), 0U);
    EXPECT_TRUE(handles.free(b));
    EXPECT_EQ(handles.stats().chunks, 0U);
    EXPECT_EQ(handles.total_allocated(), 0U);
  }
  world.close();
  EXPECT_EQ(world.source().live_blocks(), 0U);
}

TEST(HandleAllocatorTest, StaleAndWrongTypeFindNothingAndAreReported) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const Handle<Point> first = handles.alloc<Point>(1, 1);
  const Handle<float> wrong(first.id());
  EXPECT_EQ(handles.resolve(wrong), nullptr);
  EXPECT_FALSE(handles.pin(wrong));
  EXPECT_FALSE(handles.free(wrong));
  auto reports = world.reports(Code::FA401);
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_NE(reports[0].message.find("float"), std::string::npos) << reports[0].message;
  EXPECT_NE(reports[0].message.find("Point"), std::string::npos) << reports[0].message;
  EXPECT_EQ(handles.resolve(first)->x, 1);

  EXPECT_TRUE(handles.free(first));
  const Handle<Point> second = handles.alloc<Point>(2, 2);
  EXPECT_EQ(second.raw_index(), first.raw_index());  // the slot is used again
  EXPECT_EQ(handles.resolve(first), nullptr);
  EXPECT_FALSE(handles.free(first));
  EXPECT_FALSE(handles.pin(first));
  EXPECT_EQ(handles.resolve(second)->x, 2);
  EXPECT_EQ(handles.resolve(Handle<Point>(1U << 30, 1)), nullptr);
  EXPECT_EQ(world.reports(Code::FA401).size(), 7U);

  // Where a stale handle is expected, or there is none, nothing is due.
  EXPECT_EQ(handles.try_resolve(first), nullptr);
  EXPECT_FALSE(handles.try_pin(first));
  EXPECT_FALSE(handles.is_valid(first));
  EXPECT_EQ(handles.resolve(Handle<Point>()), nullptr);
  EXPECT_FALSE(handles.pin(Handle<Point>()));
  EXPECT_FALSE(handles.free(Handle<Point>()));
  EXPECT_EQ(world.reports(Code::FA401).size(), 7U);
}

TEST(HandleAllocatorTest, EveryAlignmentAndSizeHolds) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  struct Big {
    std::array<char, 100'000> bytes;  // more than a chunk
  };
  struct alignas(131072) Extreme {
    char byte;
  };
  std::vector<Handle<Wide>> wide;
  std::vector<Handle<char>> small;
  for (int i = 0; i < 200; ++i) {
    wide.push_back(handles.alloc_raw<Wide>());
    small.push_back(handles.alloc<char>('x'));
    Wide* const object = handles.resolve(wide.back());
    ASSERT_NE(object, nullptr);
    EXPECT_TRUE(is_aligned(object, 256));
    std::memset(object, i, sizeof *object);
  }
  const Handle<Big> big = handles.alloc_raw<Big>();
  std::memset(handles.resolve(big), 1, sizeof(Big));
  const Handle<Extreme> extreme = handles.alloc_raw<Extreme>();
  EXPECT_TRUE(is_aligned(handles.resolve(extreme), 131072));
  EXPECT_GT(handles.stats().large_bytes, 100'000U);
  for (int i = 0; i < 200; i += 2) EXPECT_TRUE(handles.free(wide[static_cast<std::size_t>(i)]));
  handles.defragment();
  for (int i = 1; i < 200; i += 2) {
    const Wide* const object = handles.resolve(wide[static_cast<std::size_t>(i)]);
    EXPECT_TRUE(is_aligned(object, 256));
    for (const char byte : object->bytes) ASSERT_EQ(byte, static_cast<char>(i));
  }
  for (const Handle<char> handle : small) EXPECT_EQ(*handles.resolve(handle), 'x');
  EXPECT_TRUE(handles.free(big));
  EXPECT_TRUE(handles.free(extreme));
  EXPECT_EQ(handles.stats().large_bytes, 0U);
}

TEST(HandleAllocatorTest, PinsAreCounted) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  int alive = 0;
  const Handle<Counted> handle = handles.alloc<Counted>(&alive, 5);
  PinGuard<Counted> first = handles.pin(handle);
  PinGuard<Counted> second = handles.pin(handle);
  EXPECT_EQ(handles.stats().pinned_count, 1U);
  first.unpin();  // must not release the second
  EXPECT_TRUE(handles.free(handle));
  EXPECT_EQ(handles.resolve(handle), nullptr);
  EXPECT_FALSE(handles.free(handle));
  EXPECT_EQ(handles.stats().deferred_frees, 1U);
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(second->value, 5);
  EXPECT_EQ(second.handle(), handle);
  PinGuard<Counted> moved = std::move(second);
  EXPECT_FALSE(second);  // NOLINT(bugprone-use-after-move): emptied by contract
  moved = PinGuard<Counted>();
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(handles.stats().deferred_frees, 0U);
  EXPECT_EQ(handles.active_count(), 0U);
  EXPECT_EQ(handles.stats().chunks, 0U);
}

TEST(HandleAllocatorTest, ASlotWhoseGenerationsAreUsedUpIsRetired) {
  HandleWorld world;
  HandleConfig config;
  config.first_generation = UINT32_MAX - 1;
  HandleAllocator handles(world.context(), config);
  const Handle<int> a = handles.alloc<int>(1);
  handles.free(a);
  const Handle<int> b = handles.alloc<int>(2);
  ASSERT_EQ(b.raw_index(), a.raw_index());
  EXPECT_EQ(b.raw_generation(), UINT32_MAX);
  handles.free(b);
  EXPECT_EQ(handles.stats().retired_slots, 1U);
  for (int i = 0; i < 1000; ++i) {
    const Handle<int> c = handles.alloc<int>(i);
    EXPECT_NE(c.raw_index(), a.raw_index());
    EXPECT_NE(c.raw_generation(), 0U);
    handles.free(c);
  }
  EXPECT_FALSE(handles.is_valid(Handle<int>(a.raw_index(), 1)));
}

TEST(HandleAllocatorTest, ForEachVisitsTheTypeAndMayFree) {
  int alive = 0;  // ends last: the objects' destructors count in it
  HandleWorld world;
  HandleAllocator handles(world.context());
  for (int i = 0; i < 600; ++i) {
    (void)handles.alloc<Counted>(&alive, i);
    (void)handles.alloc<int>(i);
  }
  std::set<int> seen;
  handles.for_each<Counted>([&](Handle<Counted> handle, Counted& object) {
    seen.insert(object.value);
    if (object.value % 2 == 0) {
      EXPECT_TRUE(handles.free(handle));
    }
  });
  EXPECT_EQ(seen.size(), 600U);
  EXPECT_EQ(alive, 300);
  EXPECT_EQ(handles.active_count(), 900U);
}

// The walk by type holds whole groups of slots: what is freed in it is stale at once, and ends when
// the walk has left the group.
TEST(HandleAllocatorTest, WhatIsFreedInAWalkIsStaleAtOnceAndVisitedNoMore) {
  int alive = 0;
  HandleWorld world;
  HandleAllocator handles(world.context());
  std::vector<Handle<Counted>> all;
  for (int i = 0; i < 300; ++i) all.push_back(handles.alloc<Counted>(&alive, i));
  int visited = 0;
  handles.for_each<Counted>([&](Handle<Counted> handle, Counted& object) {
    ++visited;
    const auto number = static_cast<std::size_t>(object.value);
    EXPECT_TRUE(handles.is_valid(handle));
    if (number % 2 != 0) return;
    EXPECT_TRUE(handles.free(handle));
    EXPECT_FALSE(handles.is_valid(handle));
    EXPECT_EQ(object.value, static_cast<int>(number)) << "it is still there";
    // Its neighbor, which the walk may have gathered already, or may have visited.
    EXPECT_TRUE(handles.free(all[number + 1]));
    EXPECT_EQ(handles.try_resolve(all[number + 1]), nullptr);
    // A walk in the walk meets none of them.
    if (number == 100) {
      handles.for_each<Counted>([&](Handle<Counted> inner, Counted&) { EXPECT_NE(inner, handle); });
    }
  });
  EXPECT_LT(visited, 300);
  EXPECT_EQ(handles.active_count(), 0U);
  EXPECT_EQ(handles.stats().deferred_frees, 0U);
  EXPECT_EQ(alive, 0);
}

TEST(HandleAllocatorTest, AWalkMayCompactAndItsObjectStays) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  std::vector<Handle<std::array<char, 200>>> all;
  for (int i = 0; i < 2000; ++i) all.push_back(handles.alloc<std::array<char, 200>>());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % 4 == 0) continue;
    EXPECT_TRUE(handles.free(all[i]));
  }
  int visited = 0;
  handles.for_each<std::array<char, 200>>([&](auto handle, std::array<char, 200>& object) {
    ++visited;
    object[0] = 'x';
    handles.compact();
    EXPECT_EQ(handles.resolve(handle), &object);
  });
  EXPECT_EQ(visited, 500);
  EXPECT_GT(handles.relocation_count(), 0U);
}

TEST(HandleAllocatorTest, ManyHandlesAreResolvedAtOnce) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  std::vector<Handle<Point>> row;
  for (int i = 0; i < 1000; ++i) row.push_back(handles.alloc<Point>(i, 0));
  EXPECT_TRUE(handles.free(row[7]));
  row[8] = Handle<Point>();
  std::vector<Point*> points(999);
  EXPECT_EQ(handles.resolve<Point>(row, points), 997U);
  EXPECT_EQ(points[7], nullptr);
  EXPECT_EQ(points[8], nullptr);
  EXPECT_EQ(points[998]->x, 998);
  EXPECT_EQ(world.reports(Code::FA401).size(), 1U);  // the stale one; a dangling one is no fault
  std::size_t sum = 0;
  // The function ends its object, and now and then one that comes later.
  std::vector<Handle<Point>> left(row.begin() + 9, row.end());
  const std::size_t visited = handles.for_each<Point>(left, [&](Point& point) {
    ++sum;
    const auto number = static_cast<std::size_t>(point.x);
    EXPECT_TRUE(handles.free(row[number]));
    if (number % 10 != 0 || number + 5 >= row.size()) return;
    EXPECT_TRUE(handles.free(row[number + 5]));
  });
  EXPECT_EQ(visited, sum);
  EXPECT_EQ(visited, 991U - 99U);
  EXPECT_EQ(handles.active_count(), 8U);  // the first seven, and the one whose handle was lost
}

TEST(HandleAllocatorTest, ASlotTakesAQuarterOfACacheLine) {
  EXPECT_EQ(sizeof(detail::HandleSlot), 2 * sizeof(std::uint64_t));
}

TEST(HandleAllocatorTest, TheEndDestroysWhatIsAliveAndReportsItByType) {
  HandleWorld world;
  int alive = 0;
  struct Node {  // frees another object when it ends
    HandleAllocator* handles;
    Handle<Counted> child;
    ~Node() { handles->free(child); }
  };
  {
    HandleConfig config;
    config.report_leaks = true;
    HandleAllocator handles(world.context(), config);
    world.set_tag(world.tag("game::ai"));
    for (int i = 0; i < 3; ++i) {
      const Handle<Counted> child = handles.alloc<Counted>(&alive);
      (void)handles.alloc<Node>(&handles, child);
    }
  }
  EXPECT_EQ(alive, 0);
  const auto leaks = world.reports(Code::FA007);
  ASSERT_EQ(leaks.size(), 2U);
  EXPECT_EQ(leaks[0].tag, "game::ai");
  EXPECT_NE((leaks[0].message + leaks[1].message).find("3 objects of type"), std::string::npos);
  EXPECT_NE((leaks[0].message + leaks[1].message).find("Counted"), std::string::npos);
  EXPECT_EQ(leaks[0].requested + leaks[1].requested, 3 * (sizeof(Node) + sizeof(Counted)));
  world.close();
  EXPECT_EQ(world.source().live_blocks(), 0U);
}

TEST(HandleAllocatorTest, TagsAndBudgetsAreCharged) {
  HandleWorld world(0, true);
  HandleAllocator handles(world.context());
  const TagId ai = world.tag("ai");
  ASSERT_TRUE(world.budgets().register_tag_budget("ai", 0, 160));
  world.set_tag(ai);
  std::vector<Handle<Point>> made;
  for (int i = 0; i < 10; ++i) made.push_back(handles.alloc<Point>(i, i));
  EXPECT_EQ(handles.ledger().totals(&ai).bytes_total, 160U);
  EXPECT_TRUE(handles.alloc<Point>().is_dangling());
  const auto denials = world.reports(Code::FA311);
  ASSERT_EQ(denials.size(), 1U);
  EXPECT_NE(denials[0].message.find("'ai'"), std::string::npos) << denials[0].message;
  world.set_tag(TagId::Untagged);  // a free knows whose the object was
  EXPECT_TRUE(handles.free(made[0]));
  EXPECT_EQ(world.budgets().get_tag_budget("ai")->current_usage, 144U);
  world.set_tag(ai);
  EXPECT_FALSE(handles.alloc<Point>().is_dangling());
}

#if FRAMEALLOC_EXCEPTIONS
TEST(HandleAllocatorTest, AThrowingConstructorLeavesNothing) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  struct Thrower {
    explicit Thrower(int) { throw std::runtime_error("no"); }
  };
  EXPECT_THROW((void)handles.alloc<Thrower>(1), std::runtime_error);
  EXPECT_EQ(handles.active_count(), 0U);
  EXPECT_EQ(handles.stats().chunks, 0U);
  const TagId untagged = TagId::Untagged;
  EXPECT_EQ(handles.ledger().totals(&untagged).bytes_total, 16U);
  EXPECT_EQ(handles.ledger().totals(&untagged).bytes, 0U);
  EXPECT_EQ(handles.stats().free_slots, handles.stats().total_slots);
}
#endif

TEST(HandleAllocatorTest, NothingIsLostWhicheverRequestFails) {
  for (std::uint64_t n = 1; n < 12; ++n) {
    FailingSource failing(system_source(), n);
    HandleWorld world(0, false, &failing);
    int alive = 0;
    std::size_t made = 0;
    {
      HandleAllocator handles(world.context());
      HandleOptions options;
      options.on_relocate = [](const Relocation&, void*) {};
      for (int i = 0; i < 3000; ++i) {
        const Handle<Counted> handle = handles.alloc_with_options<Counted>(options, &alive, i);
        if (handle.is_dangling()) continue;
        ++made;
        ASSERT_EQ(handles.resolve(handle)->value, i);
      }
      EXPECT_EQ(handles.active_count(), made);
      EXPECT_EQ(world.report_count(), 3000 - made);
    }
    EXPECT_EQ(alive, 0);
    EXPECT_GE(made, 2900U) << "request " << n;
    world.close();
    EXPECT_EQ(world.source().live_blocks(), 0U);
  }
}

}  // namespace
}  // namespace framealloc
