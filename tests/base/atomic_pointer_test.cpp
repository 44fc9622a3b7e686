// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/base/atomic_pointer.hpp>

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <new>

namespace framealloc::detail {
namespace {

constexpr auto kOrder = std::memory_order_acq_rel;
constexpr auto kRead = std::memory_order_acquire;

struct Node;  // incomplete, as in most headers that hold such a pointer
static_assert(sizeof(AtomicPointer<Node>) == sizeof(std::atomic<Node*>));
static_assert(alignof(AtomicPointer<Node>) == alignof(std::atomic<Node*>));

TEST(AtomicPointer, IsNullUntilItIsStoredTo) {
  AtomicPointer<int> pointer;
  EXPECT_EQ(pointer.load(), nullptr);
  int value = 0;
  pointer.store(&value);
  EXPECT_EQ(pointer.load(), &value);
  EXPECT_TRUE(pointer.holds(&value));
  EXPECT_FALSE(pointer.holds(nullptr));
  EXPECT_EQ(pointer.exchange(nullptr), &value);
  EXPECT_TRUE(pointer.holds(nullptr));
}

// A node that is pushed on a list is somebody else's from then on, and so is its `next`.
TEST(AtomicPointer, WritesNothingOnceItHasChanged) {
  void* const page =
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(page, MAP_FAILED);
  int value = 0;
  int*& expected = *::new (page) int* {&value};
  ASSERT_EQ(mprotect(page, 4096, PROT_READ), 0);
  AtomicPointer<int> pointer(&value);
  EXPECT_TRUE(pointer.compare_exchange_strong(expected, nullptr, kOrder, kRead));
#if defined(__x86_64__)  // elsewhere a weak one may fail for no reason, and then writes
  pointer.store(&value);
  EXPECT_TRUE(pointer.compare_exchange_weak(expected, nullptr, kOrder, kRead));
#endif
  munmap(page, 4096);
}

TEST(AtomicPointer, ChangesOnlyWhatWasExpected) {
  int first = 0;
  int second = 0;
  AtomicPointer<int> pointer(&first);
  int* expected = &second;
  EXPECT_FALSE(pointer.compare_exchange_strong(expected, nullptr, kOrder, kRead));
  EXPECT_EQ(expected, &first);
  EXPECT_TRUE(pointer.compare_exchange_strong(expected, &second, kOrder, kRead));
  EXPECT_EQ(expected, &first);
  while (!pointer.compare_exchange_weak(expected, nullptr, kOrder, kRead)) {
    EXPECT_EQ(expected, &second);
  }
  EXPECT_EQ(pointer.load(), nullptr);
}

TEST(AtomicPointer, MayPointToWhatIsConst) {
  const int value = 7;
  AtomicPointer<const int> pointer{nullptr};
  pointer.store(&value, std::memory_order_release);
  EXPECT_EQ(*pointer.load(kRead), 7);
}

// A stack by compare-and-exchange: what the library mostly does with one.
TEST(AtomicPointer, KeepsAllThatIsPushed) {
  struct Item {
    Item* next = nullptr;
  };
  AtomicPointer<Item> newest;
  Item items[100];
  for (Item& item : items) {
    item.next = newest.load(std::memory_order_relaxed);
    while (!newest.compare_exchange_weak(item.next, &item, std::memory_order_release,
                                         std::memory_order_relaxed)) {
    }
  }
  int count = 0;
  for (const Item* item = newest.load(kRead); item != nullptr; item = item->next) ++count;
  EXPECT_EQ(count, 100);
}

}  // namespace
}  // namespace framealloc::detail
