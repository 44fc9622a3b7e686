// SPDX-License-Identifier: MIT OR Apache-2.0
#include "async_rig.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace framealloc::async::test {
namespace {

Fire fire(int& ran) {
  ++ran;
  co_return;
}
Fire park(std::coroutine_handle<>& parked) { co_await Parking{&parked}; }
Fire park_in(std::allocator_arg_t, const SmartAlloc&, std::coroutine_handle<>& parked) {
  co_await Parking{&parked};
}

struct Loader {
  int loaded = 0;
  Fire load(std::allocator_arg_t, SmartAlloc&, std::coroutine_handle<>& parked) {
    co_await Parking{&parked};
    ++loaded;
  }
};

// Without a default constructor, and with an answer of its own.
struct Answer {
  struct promise_type : PooledFrame {
    Answer get_return_object() noexcept { return Answer(1); }
    static Answer get_return_object_on_allocation_failure() noexcept { return Answer(-1); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
  explicit Answer(int given) : value(given) {}
  int value;
};
Answer answer() { co_return; }

// Without an answer to a denied frame.
struct Unprepared {
  struct promise_type : PooledFrameOrThrow {
    Unprepared get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};
Unprepared unprepared(int& ran) {
  ++ran;
  co_return;
}
Unprepared unprepared_in(std::allocator_arg_t, const SmartAlloc&, int& ran) {
  ++ran;
  co_return;
}

TEST(PooledFrame, WithoutAScopeTheSystemServesAndIsCounted) {
  const LiveFrames frames;
  const std::uint64_t before = coroutine_stats().frames_on_global_heap;
  std::coroutine_handle<> parked;
  EXPECT_TRUE(park(parked).made);
  EXPECT_EQ(coroutine_stats().frames_on_global_heap, before + 1);
  EXPECT_EQ(frames.count(), 1);
  parked.resume();
  EXPECT_EQ(frames.count(), 0);
}

TEST(PooledFrame, AScopeServesUntilItEnds) {
  SmartAlloc alloc;
  SmartAlloc inner;
  const std::uint64_t before = coroutine_stats().frames_on_global_heap;
  std::coroutine_handle<> a, b, c;
  {
    const AllocatorScope scope(alloc);
    (void)park(a);
    {
      const AllocatorScope nested(inner);
      (void)park(b);
    }
    (void)park(c);
  }
  EXPECT_EQ(coroutine_stats().frames_on_global_heap, before);
  EXPECT_EQ(alloc.stats().allocation_count, 2U);
  EXPECT_EQ(inner.stats().allocation_count, 1U);
  for (const auto& parked : {a, b, c}) parked.resume();
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
  EXPECT_EQ(inner.stats().pool_allocated, 0U);
}

TEST(PooledFrame, TheArgumentNamesThePool) {
  SmartAlloc scoped;
  SmartAlloc named;
  const AllocatorScope scope(scoped);
  std::coroutine_handle<> a, b, c;
  Loader loader;
  (void)park_in(std::allocator_arg, named, a);
  (void)loader.load(std::allocator_arg, named, b);
  const auto lambda = [](std::allocator_arg_t, const SmartAlloc&,
                         std::coroutine_handle<>& parked) -> Fire { co_await Parking{&parked}; };
  (void)lambda(std::allocator_arg, named, c);
  EXPECT_EQ(named.stats().allocation_count, 3U);
  EXPECT_EQ(scoped.stats().allocation_count, 0U);
  for (const auto& parked : {a, b, c}) parked.resume();
  EXPECT_EQ(loader.loaded, 1);
  EXPECT_EQ(named.stats().pool_allocated, 0U);
}

TEST(PooledFrame, GoesHomeFromAnotherThread) {
  SmartAlloc alloc;
  const LiveFrames frames;
  std::coroutine_handle<> parked;
  {
    const AllocatorScope scope(alloc);
    (void)park(parked);
  }
  std::thread([&] { parked.resume(); }).join();
  EXPECT_EQ(frames.count(), 0);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
  EXPECT_TRUE(alloc.leak_report().empty());
}

TEST(PooledFrame, IsAlignedAndMayBeLarge) {
  SmartAlloc alloc;
  const AllocatorScope scope(alloc);
  std::coroutine_handle<> parked;
  const auto large = [](std::coroutine_handle<>& handle) -> Fire {
    std::byte bytes[20000];
    std::fill(std::begin(bytes), std::end(bytes), std::byte{7});
    co_await Parking{&handle};
    for (const std::byte byte : bytes) EXPECT_EQ(byte, std::byte{7});
  };
  (void)large(parked);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(parked.address()) % 16, 0U);
  EXPECT_GE(alloc.stats().total_allocated, 20000U);
  parked.resume();
  EXPECT_EQ(alloc.stats().total_allocated, 0U);
}

TEST(PooledFrame, ADeniedFrameGivesWhatThePromiseSays) {
  ReportLog log;
  SmartAlloc alloc(config_for(log));
  alloc.set_thread_pool_budget(1);
  const AllocatorScope scope(alloc);
  const LiveFrames frames;
  int ran = 0;
  EXPECT_FALSE(fire(ran).made);
  EXPECT_EQ(ran, 0);
  EXPECT_EQ(answer().value, -1);
  EXPECT_EQ(log.count(Code::FA312), 2U) << "each loss is told";
  EXPECT_EQ(frames.count(), 0);
  alloc.set_thread_pool_budget(0);
  EXPECT_TRUE(fire(ran).made);
  EXPECT_EQ(answer().value, 1);
}

TEST(PooledFrame, ADeniedFrameThrowsWhereThePromiseSaysNothing) {
  ReportLog log;
  SmartAlloc alloc(config_for(log));
  alloc.set_thread_pool_budget(1);
  const AllocatorScope scope(alloc);
  const LiveFrames frames;
  int ran = 0;
  EXPECT_THROW((void)unprepared(ran), std::bad_alloc);
  EXPECT_THROW((void)unprepared_in(std::allocator_arg, alloc, ran), std::bad_alloc);
  EXPECT_EQ(ran, 0);
  EXPECT_EQ(log.count(Code::FA312), 2U);
  EXPECT_EQ(frames.count(), 0);
  alloc.set_thread_pool_budget(0);
  (void)unprepared(ran);
  (void)unprepared_in(std::allocator_arg, alloc, ran);
  EXPECT_EQ(ran, 2);
  EXPECT_EQ(alloc.stats().allocation_count, 2U);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
}

TEST(PooledFrame, AnAllocatorThatCouldNotBeMadeHasNoFrames) {
  ReportLog log;
  AllocConfig config = config_for(log);
  config.slab_page_size = 1;
  const SmartAlloc none(config);
  ASSERT_FALSE(none);
  const AllocatorScope scope(none);
  int ran = 0;
  EXPECT_FALSE(fire(ran).made);
}

}  // namespace
}  // namespace framealloc::async::test
