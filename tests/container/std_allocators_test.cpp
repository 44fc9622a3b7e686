// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/std_allocators.hpp>
#include "container/pmr_resources.hpp"

#include "container/test_instance.hpp"
#include "support/malloc_counter.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <new>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace framealloc::test {
namespace {

template <class T>
using Frame = FrameAllocator<T>;
template <class T>
using Pool = PoolAllocator<T>;
template <class T>
using HeapOf = HeapAllocator<T>;

// A kind of allocator: `From<T>`, made from a TestInstance.
template <template <class> class From>
struct Kind {
  template <class T>
  using Of = From<T>;
};

template <class K>
class StdAllocators : public testing::Test {
 protected:
  void SetUp() override { instance.begin_frame(); }
  void TearDown() override {
    EXPECT_EQ(instance.bytes_in_use(), 0U) << "a container kept memory";
    EXPECT_EQ(instance.reports(), 0U);
    instance.end_frame();
  }
  template <class T>
  typename K::template Of<T> allocator() {
    return typename K::template Of<T>(instance);
  }
  TestInstance instance;
};
using Kinds = testing::Types<Kind<Frame>, Kind<Pool>, Kind<HeapOf>>;
TYPED_TEST_SUITE(StdAllocators, Kinds);

TYPED_TEST(StdAllocators, MeetTheRequirements) {
  using A = typename TypeParam::template Of<int>;
  using B = typename TypeParam::template Of<double>;
  using Traits = std::allocator_traits<A>;
  static_assert(std::is_same_v<typename Traits::template rebind_alloc<double>, B>);
  static_assert(std::is_same_v<typename Traits::pointer, int*>);
  static_assert(!Traits::propagate_on_container_copy_assignment::value);
  static_assert(Traits::propagate_on_container_move_assignment::value);
  static_assert(Traits::propagate_on_container_swap::value);
  static_assert(!Traits::is_always_equal::value);
  static_assert(std::is_nothrow_copy_constructible_v<A> && std::is_nothrow_move_constructible_v<A>);
  static_assert(std::is_copy_assignable_v<A>);
  A a = this->template allocator<int>();
  const A copy = a;
  const B rebound(a);
  EXPECT_TRUE(copy == a && A(rebound) == a && a == rebound);
  EXPECT_FALSE(a != rebound);
  TestInstance other;
  EXPECT_FALSE(A(other) == a);
  EXPECT_LE(Traits::max_size(a), SIZE_MAX / sizeof(int));
  int* const block = Traits::allocate(a, 10);
  Traits::construct(a, block, 7);
  EXPECT_EQ(*block, 7);
  Traits::deallocate(a, block, 10);
  EXPECT_TRUE(is_aligned(block, alignof(int)));
}

TYPED_TEST(StdAllocators, CarryEveryKindOfContainer) {
  using Pair = std::pair<const int, std::string>;
  using Text =
      std::basic_string<char, std::char_traits<char>, typename TypeParam::template Of<char>>;
  std::vector<int, typename TypeParam::template Of<int>> vector(this->template allocator<int>());
  std::deque<int, typename TypeParam::template Of<int>> deque(this->template allocator<int>());
  std::list<int, typename TypeParam::template Of<int>> list(this->template allocator<int>());
  std::set<int, std::less<int>, typename TypeParam::template Of<int>> set(
      this->template allocator<int>());
  std::map<int, std::string, std::less<int>, typename TypeParam::template Of<Pair>> map(
      this->template allocator<Pair>());
  std::unordered_map<int, std::string, std::hash<int>, std::equal_to<int>,
                     typename TypeParam::template Of<Pair>>
      hash(this->template allocator<Pair>());
  Text text(this->template allocator<char>());
  for (int i = 0; i < 1000; ++i) {
    vector.push_back(i);
    deque.push_front(i);
    list.push_back(i);
    set.insert(i % 100);
    map[i % 50] = std::to_string(i);
    hash[i] = std::to_string(i);
    text += static_cast<char>('a' + i % 26);
  }
  EXPECT_EQ(vector[999], 999);
  EXPECT_EQ(deque.back(), 0);
  EXPECT_EQ(list.size(), 1000U);
  EXPECT_EQ(set.size(), 100U);
  EXPECT_EQ(map.at(49), "999");
  EXPECT_EQ(hash.at(500), "500");
  EXPECT_EQ(std::string_view(text).substr(26, 3), "abc");
  for (int i = 0; i < 1000; i += 2) hash.erase(i);
  EXPECT_EQ(hash.size(), 500U);
}

TYPED_TEST(StdAllocators, PassOnWithMovesAndStayWithCopies) {
  using Vector = std::vector<int, typename TypeParam::template Of<int>>;
  TestInstance other;
  other.begin_frame();
  Vector here(100, 1, this->template allocator<int>());
  {
    Vector there{typename TypeParam::template Of<int>(other)};
    there = here;
    EXPECT_EQ(there, here);
    EXPECT_FALSE(there.get_allocator() == here.get_allocator());
    const int* const data = here.data();
    there = std::move(here);
    EXPECT_EQ(there.data(), data) << "moving copies no element";
    EXPECT_TRUE(there.get_allocator() == this->template allocator<int>());
    Vector third(3, 2, typename TypeParam::template Of<int>(other));
    std::swap(third, there);
    EXPECT_EQ(third.data(), data);
  }
  EXPECT_EQ(other.bytes_in_use(), 0U);
  other.end_frame();
}

TYPED_TEST(StdAllocators, OverAlignedElements) {
  struct alignas(128) Wide {
    int value = 0;
  };
  std::vector<Wide, typename TypeParam::template Of<Wide>> vector(this->template allocator<Wide>());
  std::list<Wide, typename TypeParam::template Of<Wide>> list(this->template allocator<Wide>());
  for (int i = 0; i < 50; ++i) {
    vector.push_back(Wide{i});
    list.push_back(Wide{i});
    ASSERT_TRUE(is_aligned(vector.data(), alignof(Wide)));
    ASSERT_TRUE(is_aligned(&list.back(), alignof(Wide)));
  }
}

TEST(MallocCounter, SeesOperatorNew) {
  const test::MallocsInScope mallocs;
  const auto object = std::make_unique<int>(1);
  EXPECT_EQ(mallocs.count(), 1U);
}

TYPED_TEST(StdAllocators, NothingReachesMalloc) {
  using Vector = std::vector<int, typename TypeParam::template Of<int>>;
  const auto alloc = this->template allocator<int>();
  const test::MallocsInScope mallocs;
  {
    Vector vector(alloc);
    for (int i = 0; i < 10000; ++i) vector.push_back(i);
    std::list<int, typename TypeParam::template Of<int>> list(vector.begin(), vector.end(), alloc);
    list.sort(std::greater<int>());
  }
  EXPECT_EQ(mallocs.count(), 0U);
}

#if FRAMEALLOC_EXCEPTIONS
TEST(StdAllocatorsDenied, ThrowBadAlloc) {
  TestInstance instance(std::size_t{4} << 20);
  instance.begin_frame();
  const std::size_t many = std::size_t{8} << 20;
  std::vector<char, FrameAllocator<char>> frame{FrameAllocator<char>(instance)};
  EXPECT_THROW(frame.resize(many), std::bad_alloc);
  PoolVec<char> pool{PoolAllocator<char>(instance)};
  EXPECT_THROW(pool.resize(many), std::bad_alloc);
  HeapVec<char> heap{HeapAllocator<char>(instance)};
  EXPECT_THROW(heap.resize(many), std::bad_alloc);
  PmrResources resources(*instance);
  EXPECT_THROW((void)resources.frame.allocate(many), std::bad_alloc);
  EXPECT_THROW((void)resources.pool.allocate(many), std::bad_alloc);
  EXPECT_THROW((void)resources.heap.allocate(many), std::bad_alloc);
  EXPECT_THROW((void)PoolAllocator<int>(instance).allocate(SIZE_MAX), std::bad_alloc);
  EXPECT_THROW((void)PoolAllocator<int>(nullptr).allocate(1), std::bad_alloc);
  EXPECT_THROW((void)HeapAllocator<int>(nullptr).allocate(1), std::bad_alloc);
  EXPECT_GE(instance.reports(), 6U);
  instance.end_frame();
}
#endif

TEST(FrameAllocator, GivesTheNewestBlockBack) {
  TestInstance instance;
  instance.begin_frame();
  FrameArena& arena = instance.frame_arena();
  (void)arena.alloc<int>();
  const std::size_t before = arena.position();
  {
    std::vector<int, FrameAllocator<int>> vector(100, 1, FrameAllocator<int>(arena));
    EXPECT_GT(arena.position(), before);
  }
  EXPECT_EQ(arena.position(), before);
  instance.end_frame();
}

TEST(FrameAllocator, AContainerThatOutlivesItsFrameIsHarmless) {
  TestInstance instance;
  instance.begin_frame();
  void* newer = nullptr;
  {
    std::vector<int, FrameAllocator<int>> vector(100, 1, FrameAllocator<int>(instance));
    const void* const data = vector.data();
    instance.end_frame();
    instance.begin_frame();
    newer = instance.frame_arena().alloc_batch<int>(100);
    ASSERT_EQ(newer, data) << "the test needs the same place";
  }
  EXPECT_NE(instance.frame_arena().alloc_batch<int>(100), newer);
  instance.end_frame();
}

TEST(PoolAllocator, ContainersMayChangeTheThread) {
  TestInstance instance;
  {
    PoolVec<std::string> pool{PoolAllocator<std::string>(instance)};
    HeapVec<std::string> heap{HeapAllocator<std::string>(instance)};
    for (int i = 0; i < 100; ++i) {
      pool.push_back(std::to_string(i));
      heap.push_back(std::to_string(i));
    }
    std::thread([p = std::move(pool), h = std::move(heap)]() mutable {
      for (int i = 0; i < 100; ++i) p.push_back("more");
      h.clear();
      h.shrink_to_fit();
    }).join();
  }
  EXPECT_EQ(instance.bytes_in_use(), 0U);
}

TEST(PmrResources, CarryPmrContainers) {
  TestInstance instance;
  instance.begin_frame();
  {
    PmrResources resources(*instance);
    for (std::pmr::memory_resource* resource :
         {static_cast<std::pmr::memory_resource*>(&resources.frame),
          static_cast<std::pmr::memory_resource*>(&resources.pool),
          static_cast<std::pmr::memory_resource*>(&resources.heap)}) {
      const test::MallocsInScope mallocs;
      std::pmr::string text("a text that is longer than what fits inside the string", resource);
      std::pmr::vector<std::pmr::string> vector(resource);
      std::pmr::unordered_map<int, std::pmr::string> map(resource);
      for (int i = 0; i < 100; ++i) {
        vector.emplace_back(text);
        map.emplace(i, text);
      }
      EXPECT_EQ(vector.back().get_allocator().resource(), resource) << "the nested string too";
      EXPECT_EQ(map.at(50), text);
      EXPECT_EQ(mallocs.count(), 0U);
      EXPECT_TRUE(is_aligned(resource->allocate(10, 512), 512) || resource != &resources.frame);
    }
    EXPECT_EQ(resources.pool.kind(), AllocKind::Pool);
  }
  instance.end_frame();
}

TEST(PmrResources, AlignAndFree) {
  TestInstance instance;
  PmrResources resources(*instance);
  for (std::pmr::memory_resource* resource :
       {static_cast<std::pmr::memory_resource*>(&resources.pool),
        static_cast<std::pmr::memory_resource*>(&resources.heap)}) {
    for (std::size_t alignment = 1; alignment <= 8192; alignment *= 2) {
      void* const block = resource->allocate(24, alignment);
      EXPECT_TRUE(is_aligned(block, alignment));
      resource->deallocate(block, 24, alignment);
    }
  }
  EXPECT_EQ(instance.bytes_in_use(), 0U);
}

TEST(PmrResources, EqualByInstanceAndKind) {
  TestInstance instance;
  TestInstance other;
  const PmrResources a(*instance);
  const PmrResources b(*instance);
  const PmrResources c(*other);
  EXPECT_TRUE(a.pool.is_equal(a.pool));
  EXPECT_FALSE(a.pool.is_equal(a.heap));
  EXPECT_FALSE(a.pool.is_equal(c.pool));
  EXPECT_FALSE(a.pool.is_equal(*std::pmr::new_delete_resource()));
#if defined(__cpp_rtti)
  EXPECT_TRUE(a.pool.is_equal(b.pool));
#endif
}

}  // namespace
}  // namespace framealloc::test
