// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/heap_box.hpp>
#include <framealloc/pool_arc.hpp>
#include <framealloc/pool_box.hpp>

#include "container/test_arena.hpp"
#include "container/test_instance.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace framealloc::test {
namespace {

struct Left {
  virtual ~Left() = default;
  int left = 1;
};
struct Right {
  virtual ~Right() = default;
  int right = 2;
  virtual int kind() const { return 0; }
};
struct Both : Left, Right {
  explicit Both(int v) : value(v) {}
  int kind() const override { return value.value; }
  Counted value;
  std::array<char, 200> more{};
};
struct Last final : Left, Right {
  Counted value{3};
};

template <class Box>
class BlockBox : public ::testing::Test {};
using Boxes = ::testing::Types<PoolBox<Counted>, HeapBox<Counted>>;
TYPED_TEST_SUITE(BlockBox, Boxes);

// The original never runs the destructor of what is in a PoolBox.
TYPED_TEST(BlockBox, DestroysAndFreesOnce) {
  TestInstance instance;
  const CountedBalance balance;
  {
    auto box = TypeParam::make(*instance, 5);
    ASSERT_TRUE(box);
    EXPECT_EQ(box->value, 5);
    EXPECT_EQ((*box).value, 5);
    TypeParam other(std::move(box));
    EXPECT_EQ(box, nullptr);
    auto third = TypeParam::make(*instance, 6);
    third = std::move(other);
    EXPECT_EQ(Counted::living(), 1);
    TypeParam& same = third;
    third = std::move(same);
    EXPECT_EQ(third->value, 5);
    swap(third, other);
    EXPECT_EQ(other->value, 5);
    EXPECT_EQ(other.into_inner().value, 5);
    EXPECT_EQ(other, nullptr);
    other = TypeParam::make(*instance, 7);
    other = nullptr;
  }
  EXPECT_EQ(Counted::living(), 0);
  EXPECT_EQ(instance.bytes_in_use(), 0U);
}

TYPED_TEST(BlockBox, ReleasedObjectsMayBeBoxedAgain) {
  TestInstance instance;
  const CountedBalance balance;
  auto box = TypeParam::make(*instance, 5);
  Counted* const raw = box.release();
  EXPECT_EQ(box, nullptr);
  EXPECT_EQ(Counted::living(), 1);
  const TypeParam again(*instance, raw);
  EXPECT_EQ(again->value, 5);
}

TYPED_TEST(BlockBox, DiesOnAnyThread) {
  TestInstance instance;
  const CountedBalance balance;
  std::vector<TypeParam> boxes;
  for (int i = 0; i < 1000; ++i) boxes.push_back(TypeParam::make(*instance, i));
  std::thread([&] { boxes.clear(); }).join();
  EXPECT_EQ(Counted::living(), 0);
  EXPECT_EQ(instance.bytes_in_use(), 0U);
}

TEST(PoolBox, IsTwoPointers) {
  static_assert(sizeof(PoolBox<int>) == 2 * sizeof(void*));
  static_assert(sizeof(HeapBox<std::string>) == 2 * sizeof(void*));
  static_assert(sizeof(PoolBox<Last>) == 2 * sizeof(void*));
  static_assert(!std::is_copy_constructible_v<PoolBox<int>>);
  static_assert(!std::is_convertible_v<PoolBox<int>, HeapBox<int>>);
  static_assert(!std::is_convertible_v<PoolBox<Both>, PoolBox<Last>>);
  TestInstance instance;
  struct Point {
    int x, y;
  };
  const auto point = PoolBox<Point>::make(*instance, 1, 2);
  EXPECT_EQ(point->y, 2);
}

TEST(PoolBox, ABoxOfABaseFreesTheWholeObject) {
  TestInstance instance;
  const CountedBalance balance;
  {
    PoolBox<Right> right = PoolBox<Both>::make(*instance, 42);
    EXPECT_EQ(right->kind(), 42);
    EXPECT_EQ(right->right, 2);
    const PoolBox<Left> left = PoolBox<Last>::make(*instance);
    EXPECT_EQ(left->left, 1);
    PoolBox<Right> moved;
    moved = std::move(right);
    EXPECT_EQ(moved->kind(), 42);
    const HeapBox<Right> heap = HeapBox<Both>::make(*instance, 7);
    EXPECT_EQ(heap->kind(), 7);
  }
  EXPECT_EQ(Counted::living(), 0);
  EXPECT_EQ(instance.bytes_in_use(), 0U);
}

TEST(PoolBox, OverAlignedAndLarge) {
  struct alignas(256) Wide {
    Counted counted{1};
  };
  struct Large {
    std::array<std::byte, 100000> bytes;
  };
  TestInstance instance;
  const CountedBalance balance;
  {
    std::vector<PoolBox<Wide>> pool;
    std::vector<HeapBox<Wide>> heap;
    std::vector<PoolArc<Wide>> arcs;
    for (int i = 0; i < 20; ++i) {
      pool.push_back(PoolBox<Wide>::make(*instance));
      heap.push_back(HeapBox<Wide>::make(*instance));
      arcs.push_back(PoolArc<Wide>::make(*instance));
      EXPECT_TRUE(is_aligned(pool.back().get(), 256));
      EXPECT_TRUE(is_aligned(heap.back().get(), 256));
      EXPECT_TRUE(is_aligned(arcs.back().get(), 256));
    }
    EXPECT_TRUE(PoolBox<Large>::make(*instance));
    EXPECT_TRUE(PoolArc<Large>::make(*instance));
  }
  EXPECT_EQ(instance.bytes_in_use(), 0U);
}

TEST(PoolBox, DeniedIsNull) {
  struct Huge {
    std::array<std::byte, std::size_t{8} << 20> bytes;
  };
  TestInstance instance(std::size_t{4} << 20);
  EXPECT_EQ(PoolBox<Huge>::make(*instance), nullptr);
  EXPECT_EQ(HeapBox<Huge>::make(*instance), nullptr);
  EXPECT_EQ(PoolArc<Huge>::make(*instance), nullptr);
  EXPECT_EQ(instance.reports(), 3U);
}

#if FRAMEALLOC_EXCEPTIONS
TEST(PoolBox, AThrowingConstructorLosesNoMemory) {
  struct Refuses {
    Refuses() { throw 1; }
  };
  TestInstance instance;
  EXPECT_THROW((void)PoolBox<Refuses>::make(*instance), int);
  EXPECT_THROW((void)HeapBox<Refuses>::make(*instance), int);
  EXPECT_THROW((void)PoolArc<Refuses>::make(*instance), int);
  EXPECT_EQ(instance.bytes_in_use(), 0U);
}
#endif

TEST(PoolArc, TheLastOwnerDestroys) {
  TestInstance instance;
  const CountedBalance balance;
  PoolWeak<Counted> weak;
  EXPECT_TRUE(weak.expired());
  {
    auto arc = PoolArc<Counted>::make(*instance, 5);
    EXPECT_EQ(arc.use_count(), 1U);
    weak = arc.downgrade();
    const PoolArc<Counted> copy = arc;
    EXPECT_EQ(copy, arc);
    EXPECT_EQ(arc.use_count(), 2U);
    arc.reset();
    EXPECT_EQ(arc, nullptr);
    EXPECT_EQ(arc.use_count(), 0U);
    EXPECT_EQ(copy.use_count(), 1U);
    EXPECT_EQ(weak.lock()->value, 5);
    PoolArc<Counted> assigned;
    assigned = copy;
    const PoolArc<Counted>& same = assigned;
    assigned = same;
    EXPECT_EQ(assigned->value, 5);
    EXPECT_EQ(copy.use_count(), 2U);
  }
  EXPECT_EQ(Counted::living(), 0);
  EXPECT_TRUE(weak.expired());
  EXPECT_EQ(weak.lock(), nullptr);
  EXPECT_NE(instance.bytes_in_use(), 0U) << "the weak reference keeps the counts";
  weak.reset();
  EXPECT_EQ(instance.bytes_in_use(), 0U);
}

TEST(PoolArc, ConvertsToBases) {
  TestInstance instance;
  const CountedBalance balance;
  {
    PoolArc<Right> right = PoolArc<Both>::make(*instance, 9);
    EXPECT_EQ(right->kind(), 9);
    const PoolArc<Right> copy = right;
    right.reset();
    EXPECT_EQ(copy->kind(), 9);
  }
  EXPECT_EQ(instance.bytes_in_use(), 0U);
}

TEST(PoolArc, OwnersOnManyThreads) {
  TestInstance instance;
  const CountedBalance balance;
  {
    auto arc = PoolArc<Counted>::make(*instance, 5);
    const PoolWeak<Counted> weak(arc);
    std::atomic<int> locked{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&locked, weak, own = arc] {
        for (int i = 0; i < 2000; ++i) {
          const PoolArc<Counted> copy = own;
          if (const auto again = weak.lock(); again && again->value == 5) locked.fetch_add(1);
        }
      });
    }
    arc.reset();
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(locked.load(), 8000);
    EXPECT_TRUE(weak.expired()) << "the last of the threads dropped it";
    EXPECT_EQ(Counted::living(), 0);
  }
  EXPECT_EQ(instance.bytes_in_use(), 0U);
}

}  // namespace
}  // namespace framealloc::test
