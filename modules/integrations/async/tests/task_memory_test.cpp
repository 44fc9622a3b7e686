// SPDX-License-Identifier: MIT OR Apache-2.0
// TaskAlloc and AsyncPoolGuard: what ends with them, in which order, and who is told.
#include "async_rig.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace framealloc::async::test {
namespace {

struct Ends {
  std::vector<int>* order;
  int name;
  Ends(std::vector<int>& to, int called) : order(&to), name(called) {}
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;
  ~Ends() { order->push_back(name); }
};

class TaskMemory : public ::testing::Test {
 protected:
  ReportLog log_;
  SmartAlloc alloc_{config_for(log_)};
  std::vector<int> ended_;
};

TEST_F(TaskMemory, AllEndsInTheOrderOfCreation) {
  {
    TaskAlloc task(alloc_);
    for (int i = 0; i < 5; ++i) {
      const TaskBox<Ends> box = task.alloc_box<Ends>(ended_, i);
      ASSERT_TRUE(box);
      EXPECT_EQ(box->name, i);
      EXPECT_EQ(task.live_boxes(), 1U);
    }
    EXPECT_TRUE(ended_.empty()) << "a box never frees";
    EXPECT_EQ(task.live_boxes(), 0U);
    EXPECT_EQ(task.allocation_count(), 5U);
    EXPECT_EQ(task.bytes_allocated(), 5 * sizeof(Ends));
    EXPECT_GT(alloc_.stats().pool_allocated, 0U);
  }
  EXPECT_EQ(ended_, (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(alloc_.stats().total_allocated, 0U);
  EXPECT_EQ(log_.size(), 0U);
}

TEST_F(TaskMemory, ABoxThatOutlivesItsTaskIsEmptyAndNamed) {
  TaskBox<Ends> escaped;
  TaskBox<int> moved;
  {
    TaskAlloc task(alloc_);
    escaped = task.alloc_box<Ends>(ended_, 1);
    TaskBox<int> number = task.alloc_box<int>(2);
    moved = std::move(number);
    EXPECT_FALSE(number);
    EXPECT_EQ(*moved, 2);
    EXPECT_EQ(task.live_boxes(), 2U);
  }
  EXPECT_FALSE(escaped);
  EXPECT_EQ(escaped.get(), nullptr);
  EXPECT_FALSE(moved);
  EXPECT_EQ(ended_, std::vector<int>{1});
  ASSERT_EQ(log_.count(Code::FA704), 2U);
  const ReportLog::Entry entry = log_.all().front();
  EXPECT_NE(entry.message.find("Ends"), std::string::npos) << entry.message;
  EXPECT_NE(entry.file.find("task_memory_test.cpp"), std::string::npos);
  EXPECT_GT(entry.line, 0U);
  EXPECT_EQ(entry.requested, sizeof(Ends));
}

// Its block may be somebody else's by then.
TEST_F(TaskMemory, ABoxThatOutlivesItsTaskWritesNothingWhenItMovesAndDies) {
  struct Large {
    std::byte bytes[200];
  };
  std::optional<TaskBox<Large>> escaped;
  std::optional<GuardedBox<Large>> guarded;
  {
    TaskAlloc task(alloc_);
    escaped = task.alloc_box<Large>();
    AsyncPoolGuard guard(alloc_);
    guarded = guard.alloc_box<Large>();
  }
  constexpr std::size_t kMost = 512;
  std::vector<std::byte*> taken;
  for (std::size_t size = kGranule; size <= kMost; size += kGranule) {
    for (int i = 0; i < 2; ++i) {
      auto* const block = static_cast<std::byte*>(alloc_.pool_alloc_bytes(size, kGranule));
      ASSERT_NE(block, nullptr);
      std::fill_n(block, size, std::byte{0xA7});
      taken.push_back(block);
    }
  }
  TaskBox<Large> moved(std::move(*escaped));
  GuardedBox<Large> moved_guarded(std::move(*guarded));
  escaped.reset();
  guarded.reset();
  moved = TaskBox<Large>();
  moved_guarded = GuardedBox<Large>();
  std::size_t at = 0;
  for (std::size_t size = kGranule; size <= kMost; size += kGranule) {
    for (int i = 0; i < 2; ++i, ++at) {
      EXPECT_EQ(std::count(taken[at], taken[at] + size, std::byte{0xA7}),
                static_cast<std::ptrdiff_t>(size))
          << size;
      alloc_.pool_free_bytes(taken[at], size, kGranule);
    }
  }
}

TEST_F(TaskMemory, ResetEndsEverythingAndTheTaskGoesOn) {
  TaskAlloc task(alloc_);
  TaskBox<int> held = task.alloc_box<int>(1);
  task.reset();
  EXPECT_FALSE(held);
  EXPECT_EQ(log_.count(Code::FA704), 1U);
  EXPECT_EQ(task.bytes_allocated(), 0U);
  EXPECT_EQ(task.allocation_count(), 1U) << "it never decreases";
  held = task.alloc_box<int>(2);
  EXPECT_EQ(*held, 2);
  held = TaskBox<int>();
}

struct Node {
  TaskBox<Node> next;
  std::vector<int>* order = nullptr;
  ~Node() { order->push_back(next ? 1 : 0); }
};

TEST_F(TaskMemory, BoxesInsideObjectsThatEndTogetherAreNoEscape) {
  {
    TaskAlloc task(alloc_);
    TaskBox<Node> last = task.alloc_box<Node>();
    last->order = &ended_;
    for (int i = 0; i < 3; ++i) {
      TaskBox<Node> before = task.alloc_box<Node>();
      before->order = &ended_;
      before->next = std::move(last);
      last = std::move(before);
    }
  }
  EXPECT_EQ(ended_, (std::vector<int>{0, 0, 0, 0})) << "empty while their owner ends";
  EXPECT_EQ(log_.size(), 0U) << log_.last().message;
}

TEST_F(TaskMemory, SlicesAndVectors) {
  TaskVec<std::string> escaped;
  {
    TaskAlloc task(alloc_);
    const TaskSlice<double> slice = task.alloc_slice<double>(100);
    ASSERT_EQ(slice.size(), 100U);
    for (double& value : slice) value = 1.5;
    const std::span<double> span = slice;
    EXPECT_EQ(span.data(), slice.data());
    EXPECT_EQ(slice[99], 1.5);
    EXPECT_TRUE(task.alloc_slice<int>(0).empty());
    TaskVec<std::string> names = task.alloc_vec<std::string>();
    EXPECT_TRUE(names);
    EXPECT_EQ(names.capacity(), 0U);
    for (int i = 0; i < 100; ++i)
      EXPECT_TRUE(names.push("a rather long name " + std::to_string(i)));
    EXPECT_TRUE(names.push(names[3])) << "one of its own, while it grows or not";
    EXPECT_EQ(names[100], names[3]);
    EXPECT_EQ(task.bytes_allocated(),
              100 * sizeof(double) + names.capacity() * sizeof(std::string));
    names.pop_back();
    EXPECT_EQ(names.size(), 100U);
    escaped = std::move(names);
    EXPECT_EQ(escaped.size(), 100U);
    EXPECT_FALSE(names.push("into nothing"));
  }
  EXPECT_EQ(escaped.size(), 0U);
  EXPECT_EQ(escaped.capacity(), 0U);
  EXPECT_EQ(log_.count(Code::FA704), 1U);
  EXPECT_EQ(alloc_.stats().total_allocated, 0U);
}

struct alignas(64) Wide {
  char bytes[64];
};
struct Throws {
  Throws() { throw std::runtime_error("no"); }
};

TEST_F(TaskMemory, AlignmentAndConstructorsThatThrow) {
  TaskAlloc task(alloc_);
  const TaskBox<Wide> wide = task.alloc_box<Wide>();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide.get()) % 64, 0U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(task.alloc_slice<Wide>(3).data()) % 64, 0U);
  EXPECT_THROW((void)task.alloc_box<Throws>(), std::runtime_error);
  EXPECT_EQ(task.allocation_count(), 2U);
  AsyncPoolGuard guard(alloc_);
  EXPECT_THROW((void)guard.alloc_box<Throws>(), std::runtime_error);
  EXPECT_EQ(guard.allocation_count(), 0U);
}

TEST_F(TaskMemory, WhicheverRequestIsDeniedNothingLeaks) {
  alloc_.set_thread_pool_budget(1);
  {
    TaskAlloc task(alloc_);
    EXPECT_FALSE(task.alloc_box<int>(1));
    TaskVec<int> none = task.alloc_vec<int>(8);
    EXPECT_FALSE(none.push(1));
    AsyncPoolGuard guard(alloc_);
    EXPECT_FALSE(guard.alloc_box<int>(1));
    EXPECT_EQ(guard.alloc_vec<int>(8).capacity(), 0U);
    EXPECT_EQ(guard.allocation_count() + task.allocation_count(), 0U);
  }
  EXPECT_EQ(log_.count(Code::FA312), 3U) << "each loss is told";
  alloc_.set_thread_pool_budget(0);
  TaskAlloc task(alloc_);
  EXPECT_TRUE(task.alloc_slice<char>(std::size_t{1} << 60).empty());
  TaskVec<int> small = task.alloc_vec<int>(2);
  EXPECT_FALSE(small.reserve(std::size_t{1} << 60));
  EXPECT_EQ(small.capacity(), 2U);
  task.reset();
  EXPECT_EQ(alloc_.stats().total_allocated, 0U);
}

TEST_F(TaskMemory, AGuardIsSharedAndItsBoxesKnowItsEnd) {
  GuardedBox<Ends> escaped;
  GuardedVec<std::string> names;
  {
    AsyncPoolGuard guard(alloc_);
    escaped = guard.alloc_box<Ends>(ended_, 4);
    names = guard.alloc_vec<std::string>(2);
    EXPECT_TRUE(names.push("one"));
    EXPECT_TRUE(names.push("two"));
    EXPECT_FALSE(names.push("three")) << "it is full";
    EXPECT_EQ(names.size(), 2U);
    EXPECT_EQ(names[1], "two");
    EXPECT_EQ(names.span().size(), 2U);
    EXPECT_EQ(names.pop(), "two");
    names.clear();
    EXPECT_FALSE(names.pop());
    EXPECT_TRUE(names.push("a name that is long enough for the heap"));
    EXPECT_EQ(guard.allocation_count(), 2U);
    EXPECT_EQ(guard.bytes_allocated(), sizeof(Ends) + 2 * sizeof(std::string));
    EXPECT_EQ(guard.live_boxes(), 2U);
    EXPECT_EQ(guard.allocator(), alloc_);
  }
  EXPECT_FALSE(escaped);
  EXPECT_FALSE(names);
  EXPECT_EQ(names.capacity(), 0U);
  EXPECT_EQ(ended_, std::vector<int>{4});
  EXPECT_EQ(log_.count(Code::FA704), 2U);
  escaped = GuardedBox<Ends>();
  names = GuardedVec<std::string>();
  EXPECT_EQ(alloc_.stats().total_allocated, 0U);
}

TEST_F(TaskMemory, AStaleBoxKeepsTheAllocatorUntilItDies) {
  GuardedBox<int> stale;
  {
    ReportLog log;
    auto alloc = std::make_unique<SmartAlloc>(config_for(log));
    {
      AsyncPoolGuard guard(*alloc);
      stale = guard.alloc_box<int>(1);
    }
    alloc->set_report_handler(nullptr);
    alloc.reset();
    EXPECT_EQ(log.count(Code::FA704), 1U);
  }
  EXPECT_FALSE(stale);
}

}  // namespace
}  // namespace framealloc::async::test
