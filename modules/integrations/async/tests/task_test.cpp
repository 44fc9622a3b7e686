// SPDX-License-Identifier: MIT OR Apache-2.0
#include "async_rig.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace framealloc::async::test {
namespace {

Task<int> add(int a, int b) { co_return a + b; }
Task<std::int64_t> sum(std::int64_t count) {
  std::int64_t total = 0;
  for (std::int64_t i = 0; i < count; ++i) total += co_await add(static_cast<int>(i % 7), 1);
  co_return total;
}
Task<int> inner(std::coroutine_handle<>& parked) {
  co_await Parking{&parked};
  co_await std::suspend_always{};
  co_return 5;
}
Task<int> outer(std::coroutine_handle<>& parked) { co_return 1 + co_await inner(parked); }
Task<> fails() {
  throw std::runtime_error("lost");
  co_return;
}
Task<std::string> catches() {
  try {
    co_await fails();
  } catch (const std::runtime_error& error) {
    co_return error.what();
  }
  co_return "nothing";
}

class TaskTest : public ::testing::Test {
 protected:
  SmartAlloc alloc_;
  LiveFrames frames_;
};

TEST_F(TaskTest, IsLazyAndYieldsItsResult) {
  const AllocatorScope scope(alloc_);
  Task<int> task = add(2, 3);
  EXPECT_TRUE(task);
  EXPECT_FALSE(task.done());
  task.resume();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(task.result(), 5);
  task.resume();  // nothing happens
  Task<int> moved = std::move(task);
  EXPECT_FALSE(task);
  EXPECT_TRUE(task.done());
  moved = Task<int>();
  EXPECT_EQ(frames_.count(), 0);
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

TEST_F(TaskTest, ResultsMayBeReferencesAndMoveOnly) {
  int number = 4;
  const auto refer = [](int& to) -> Task<int&> { co_return to; };
  const auto own = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(9); };
  Task<int&> reference = refer(number);
  reference.resume();
  EXPECT_EQ(&reference.result(), &number);
  Task<std::unique_ptr<int>> owned = own();
  owned.resume();
  EXPECT_EQ(*owned.result(), 9);
}

TEST_F(TaskTest, ResultsMayBeWrittenInBraces) {
  struct Size {
    int width;
    int height;
  };
  const auto size = []() -> Task<Size> { co_return {3, 4}; };
  const auto nothing = []() -> Task<std::optional<int>> { co_return {}; };
  Task<Size> made = size();
  made.resume();
  EXPECT_EQ(made.result().height, 4);
  Task<std::optional<int>> found = nothing();
  found.resume();
  EXPECT_FALSE(found.result());
}

// At 96 to 416 bytes of stack for each, it would need up to forty megabytes.
TEST_F(TaskTest, TasksThatAwaitEachOtherAtAnyDepthNeedNoStack) {
  const AllocatorScope scope(alloc_);
  const auto count = [](auto& self, int depth) -> Task<int> {
    if (depth == 0) co_return 0;
    const int below = co_await self(self, depth - 1);
    co_return below + 1;
  };
  Task<int> task = count(count, 100000);
  task.resume();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.result(), 100000);
}

// A task that waited for something else is resumed from elsewhere, and so is what it awaits then.
TEST_F(TaskTest, ATaskThatIsResumedInsideItsAwaitSuspendStartsWhatItAwaitsThere) {
  struct Nested {
    std::string& log;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> task) const {
      std::string& to = log;
      task.resume();
      to += " returned";
    }
    void await_resume() const noexcept {}
  };
  const AllocatorScope scope(alloc_);
  std::string log;
  const auto leaf = [](std::string& to) -> Task<> {
    to += "leaf";
    co_return;
  };
  const auto middle = [&leaf](std::string& to) -> Task<> {
    co_await Nested{to};
    co_await leaf(to);
  };
  const auto root = [&middle](std::string& to) -> Task<> { co_await middle(to); };
  Task<> task = root(log);
  task.resume();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(log, "leaf returned");
}

// Without tail calls (g++ -O0) each round would nest three calls: this needs a hundred megabytes of
// stack if a task that ends at once is resumed from inside.
TEST_F(TaskTest, ManyTasksThatEndAtOnceNeedNoStack) {
  const AllocatorScope scope(alloc_);
  Task<std::int64_t> task = sum(200000);
  task.resume();
  ASSERT_TRUE(task.done());
  std::int64_t expected = 0;
  for (std::int64_t i = 0; i < 200000; ++i) expected += i % 7 + 1;
  EXPECT_EQ(task.result(), expected);
}

TEST_F(TaskTest, ResumedByHandTheInnermostGoesOn) {
  const AllocatorScope scope(alloc_);
  std::coroutine_handle<> parked;
  Task<int> task = outer(parked);
  task.resume();
  EXPECT_TRUE(parked) << "the inner one suspended";
  EXPECT_EQ(frames_.count(), 2);
  task.resume();
  EXPECT_FALSE(task.done());
  task.resume();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.result(), 6);
}

// A task that is awaited where it stands may outlive the one that awaits it.
TEST_F(TaskTest, WhoEndsWhileItAwaitsIsNotResumed) {
  const AllocatorScope scope(alloc_);
  std::coroutine_handle<> parked;
  Task<int> shared = inner(parked);
  bool went_on = false;
  const auto await = [&]() -> Task<> {
    (void)co_await shared;
    went_on = true;
  };
  {
    Task<> awaiting = await();
    awaiting.resume();
    ASSERT_FALSE(awaiting.done());
  }
  shared.resume();
  shared.resume();
  ASSERT_TRUE(shared.done());
  EXPECT_EQ(shared.result(), 5);
  EXPECT_FALSE(went_on);
  EXPECT_EQ(frames_.count(), 1);
}

TEST_F(TaskTest, AForeignCoroutineThatEndsWhileItAwaitsIsNotResumed) {
  const AllocatorScope scope(alloc_);
  std::coroutine_handle<> parked;
  Task<int> shared = inner(parked);
  struct Capture {
    std::coroutine_handle<>* self;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> coroutine) const noexcept {
      *self = coroutine;
      return false;
    }
    void await_resume() const noexcept {}
  };
  std::coroutine_handle<> foreign;
  bool went_on = false;
  const auto await = [&]() -> Fire {
    co_await Capture{&foreign};
    (void)co_await shared;
    went_on = true;
  };
  (void)await();
  foreign.destroy();
  shared.resume();
  shared.resume();
  EXPECT_TRUE(shared.done());
  EXPECT_FALSE(went_on);
}

TEST_F(TaskTest, WhatItAwaitsMayBeDestroyedFirst) {
  const AllocatorScope scope(alloc_);
  std::coroutine_handle<> parked;
  auto shared = std::make_unique<Task<int>>(inner(parked));
  const auto await = [&]() -> Task<int> {
    const int result = co_await *shared;
    co_return result + 1;
  };
  Task<int> awaiting = await();
  awaiting.resume();
  shared.reset();
  EXPECT_FALSE(awaiting.done());
  awaiting.resume();  // of nothing, it gets int()
  ASSERT_TRUE(awaiting.done());
  EXPECT_EQ(awaiting.result(), 1);
}

TEST_F(TaskTest, DestroyedWhereItWaitsItTakesTheInnerOnesAlong) {
  const AllocatorScope scope(alloc_);
  std::coroutine_handle<> parked;
  {
    Task<int> task = outer(parked);
    task.resume();
    EXPECT_EQ(frames_.count(), 2);
  }
  EXPECT_EQ(frames_.count(), 0);
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

TEST_F(TaskTest, BegunByHandItCanBeAwaitedLater) {
  const AllocatorScope scope(alloc_);
  std::coroutine_handle<> parked;
  Task<int> begun = inner(parked);
  begun.resume();
  const auto wait = [](Task<int> task) -> Task<int> { co_return 10 * co_await std::move(task); };
  Task<int> waiting = wait(std::move(begun));
  waiting.resume();
  EXPECT_FALSE(waiting.done());
  parked.resume();
  EXPECT_FALSE(waiting.done());
  waiting.resume();
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(waiting.result(), 50);
}

TEST_F(TaskTest, ExceptionsReachWhoAwaitsOrAsks) {
  const AllocatorScope scope(alloc_);
  Task<std::string> task = catches();
  task.resume();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.result(), "lost");
  Task<> failing = fails();
  failing.resume();
  EXPECT_TRUE(failing.done());
  EXPECT_THROW(failing.result(), std::runtime_error);
}

TEST_F(TaskTest, SpawnedItRunsToItsEndByItself) {
  std::coroutine_handle<> parked;
  int done = 0;
  const auto run = [](std::coroutine_handle<>& handle, int& count) -> Task<> {
    const int value = co_await outer(handle);  // made under spawn()'s scope
    count += value;
  };
  const std::uint64_t before = coroutine_stats().frames_on_global_heap;
  {
    const AllocatorScope scope(alloc_);
    spawn(alloc_, run(parked, done));
  }
  EXPECT_EQ(coroutine_stats().frames_on_global_heap, before);
  EXPECT_EQ(frames_.count(), 3);
  parked.resume();
  parked.resume();
  EXPECT_EQ(done, 6);
  EXPECT_EQ(frames_.count(), 0);
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

TEST_F(TaskTest, ADeniedFrameIsAnEmptyTask) {
  ReportLog log;
  SmartAlloc small(config_for(log));
  small.set_thread_pool_budget(1);
  const AllocatorScope scope(small);
  Task<int> task = add(1, 2);
  EXPECT_FALSE(task);
  EXPECT_TRUE(task.done());
  task.resume();
  spawn(small, std::move(task));
  EXPECT_EQ(log.count(Code::FA312), 1U);
  const auto await_empty = []() -> Task<int> {
    Task<int> none;
    co_await Task<>();
    co_return 7 + co_await std::move(none);
  };
  small.set_thread_pool_budget(0);
  Task<int> fine = await_empty();
  fine.resume();
  EXPECT_EQ(fine.result(), 7) << "an empty task gives T()";
}

// For each budget, from one that serves nothing to one that serves all: the tasks whose frames were
// denied are empty, everything ends, and nothing stays behind.
TEST_F(TaskTest, WhicheverFrameIsDeniedNothingLeaks) {
  bool denied = false;
  bool served = false;
  for (std::size_t budget = 64; budget < 16384 && !served; budget += 64) {
    ReportLog log;
    SmartAlloc small(config_for(log));
    small.set_thread_pool_budget(budget);
    int reached = 0;
    {
      const AllocatorScope scope(small);
      const auto deep = [&reached](auto& self, int depth) -> Task<int> {
        reached = std::max(reached, depth);
        if (depth == 8) co_return 1;
        co_return 1 + co_await self(self, depth + 1);
      };
      Task<int> task = deep(deep, 1);
      task.resume();
      if (task) {
        EXPECT_EQ(task.result(), reached);
      }
    }
    served = log.size() == 0;
    denied = denied || !served;
    EXPECT_EQ(served, reached == 8) << "the loss is told, at budget " << budget;
    EXPECT_EQ(small.stats().pool_allocated, 0U);
  }
  EXPECT_TRUE(denied && served);
  EXPECT_EQ(frames_.count(), 0);
}

TEST(TaskDeathTest, AResultThatIsNotThereEndsTheProgramAndSaysWhy) {
  Task<int> empty;
  EXPECT_DEATH((void)empty.result(), "result\\(\\) of an empty task");
  Task<int> early = add(1, 2);
  EXPECT_DEATH((void)early.result(), "not done");
}

}  // namespace
}  // namespace framealloc::async::test
