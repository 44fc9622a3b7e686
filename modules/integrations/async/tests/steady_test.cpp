// SPDX-License-Identifier: MIT OR Apache-2.0
// In steady state nothing of the module calls malloc or mmap: counted in this process, on this thread.
#include "async_rig.hpp"
#include "support/malloc_counter.hpp"
#include "support/map_counter.hpp"

#include <gtest/gtest.h>

namespace framealloc::async::test {
namespace {

using framealloc::test::MallocsInScope;
using framealloc::test::MapsInScope;

Task<int> leaf(int depth) { co_return depth; }
Task<int> tree(int depth) {
  if (depth == 0) co_return co_await leaf(1);
  const int left = co_await tree(depth - 1);
  const int right = co_await tree(depth - 1);
  co_return left + right;
}

struct DefaultTask {  // the same shape without us: a frame of the system's heap
  struct promise_type {
    DefaultTask get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept {}
  };
};
DefaultTask default_tree(int depth, int& leaves, std::coroutine_handle<>* parked) {
  if (depth == 0) {
    ++leaves;
    if (parked != nullptr) co_await Parking{parked};  // so that no compiler elides the frame
    co_return;
  }
  default_tree(depth - 1, leaves, parked);
  default_tree(depth - 1, leaves, parked);
}

TEST(Steady, ATreeOfTasks) {
  SmartAlloc alloc;
  const AllocatorScope scope(alloc);
  const auto run = [] {
    Task<int> task = tree(6);
    task.resume();
    return task.result();
  };
  EXPECT_EQ(run(), 64);
  const MallocsInScope none;
  const MapsInScope no_maps;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(run(), 64);
  EXPECT_EQ(none.count(), 0U);
  EXPECT_EQ(no_maps.count(), 0U);
  int leaves = 0;
  const MallocsInScope default_calls;
  default_tree(6, leaves, nullptr);
  EXPECT_EQ(leaves, 64);
  EXPECT_GE(default_calls.count(), 63U) << "without us";
}

TEST(Steady, WaitingAndWaking) {
  ReportLog log;  // what is still in the channel at the end is dropped, and told
  SmartAlloc alloc(config_for(log));
  Semaphore gate(0);
  Barrier barrier(3);
  FrameScheduler frames(alloc);
  Channel<int> channel(alloc, 4);
  int rounds = 0;
  const auto meets = [&]() -> Task<> {
    for (;;) {
      co_await gate.acquire();
      co_await barrier.arrive_and_wait();
      co_await frames.next_frame();
      ++rounds;
    }
  };
  const auto sends = [&]() -> Task<> {
    for (int i = 0;; ++i) {
      TransferHandle<int> handle = alloc.frame_box_for_transfer<int>(i);
      if (co_await channel.send(std::move(handle)) != SendResult::Sent) co_return;
    }
  };
  int received = 0;
  const auto receives = [&]() -> Task<> {
    for (;;) {
      co_await frames.next_frame();
      for (int i = 0; i < 8; ++i) {
        TransferHandle<int> handle = co_await channel.receive();
        const PoolBox<int> number = handle.receive();
        EXPECT_EQ(*number, received++);
      }
    }
  };
  for (int i = 0; i < 3; ++i) spawn(alloc, meets());
  spawn(alloc, receives());
  spawn(alloc, sends());
  const auto frame = [&] {
    const ScopedFrame open = alloc.scoped_frame();
    gate.release(3);
    (void)frames.pump();
  };
  for (int i = 0; i < 10; ++i) frame();
  const int before = rounds;
  const int received_before = received;
  const MallocsInScope none;
  const MapsInScope no_maps;
  for (int i = 0; i < 100; ++i) frame();
  EXPECT_EQ(none.count(), 0U);
  EXPECT_EQ(no_maps.count(), 0U);
  EXPECT_EQ(rounds - before, 300);
  EXPECT_EQ(received - received_before, 800);
}

TEST(Steady, MemoryOfATask) {
  SmartAlloc alloc;
  AsyncPoolGuard guard(alloc);
  const auto run = [&] {
    TaskAlloc task(alloc);
    const TaskBox<int> box = task.alloc_box<int>(1);
    const TaskSlice<int> slice = task.alloc_slice<int>(100);
    TaskVec<int> numbers = task.alloc_vec<int>();
    for (int i = 0; i < 100; ++i) numbers.push(i);
    EXPECT_TRUE(box && slice.size() == 100 && numbers.size() == 100);
  };
  run();
  const MallocsInScope none;
  const MapsInScope no_maps;
  for (int i = 0; i < 10; ++i) run();
  const GuardedBox<int> shared = guard.alloc_box<int>(3);
  EXPECT_EQ(none.count(), 0U);
  EXPECT_EQ(no_maps.count(), 0U);
  EXPECT_EQ(*shared, 3);
}

}  // namespace
}  // namespace framealloc::async::test
