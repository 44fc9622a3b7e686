// SPDX-License-Identifier: MIT OR Apache-2.0
#include "asio_rig.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace framealloc::asio::test {
namespace {

using namespace std::chrono_literals;

class UsePoolTest : public ::testing::Test {
 protected:
  // Runs until there is no work; a denied step of a composed operation throws out of run().
  int run() {
    int thrown = 0;
    for (;;) {
      try {
        io_.restart();
        io_.run();
        return thrown;
      } catch (const std::bad_alloc&) {
        ++thrown;
      }
    }
  }
  ReportLog log_;
  net::io_context io_{1};
  SmartAlloc alloc_{config_for(log_)};
};

TEST_F(UsePoolTest, AnyOperationGivesATupleOfItsResults) {
  int done = 0;
  const auto all = [&]() -> Task<> {
    const std::tuple<> posted = co_await net::post(io_, use_pool(alloc_));
    EXPECT_EQ(posted, std::tuple<>());
    net::steady_timer timer(io_, 1ms);
    const std::tuple<net::error_code> waited = co_await timer.async_wait(use_pool(alloc_));
    EXPECT_FALSE(std::get<0>(waited));
    tcp::acceptor acceptor(io_, tcp::endpoint(net::ip::address_v4::loopback(), 0));
    tcp::socket client(io_);
    client.connect(acceptor.local_endpoint());
    auto [error, server] = co_await acceptor.async_accept(use_pool(alloc_));
    EXPECT_FALSE(error);
    const auto written =
        co_await net::async_write(client, net::buffer("hello", 5), use_pool(alloc_));
    EXPECT_EQ(written, std::tuple(net::error_code(), std::size_t{5}));
    std::array<char, 5> got{};
    auto token = use_pool(alloc_);  // one may be kept, and used again
    const auto first = co_await server.async_read_some(net::buffer(got.data(), 2), token);
    const auto rest =
        co_await net::async_read(server, net::buffer(got.data() + 2, got.size() - 2), token);
    EXPECT_EQ(std::get<1>(first) + std::get<1>(rest), 5U);
    EXPECT_EQ(std::string_view(got.data(), got.size()), "hello");
    ++done;
  };
  async::spawn(alloc_, all());
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(done, 1);
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
  EXPECT_TRUE(alloc_.leak_report().empty());
}

// A composed operation over a socket of which a piece arrives at a time, with nothing but the token
// to say where its memory is: each step is counted.
TEST_F(UsePoolTest, EveryStepOfAnOperationIsInThePool) {
  Pair pair(io_);
  std::array<char, 4> got{};
  const auto read = [&]() -> Foreign {
    (void)co_await net::async_read(pair.far, net::buffer(got), use_pool(alloc_));
  };
  const Foreign reading = read();
  EXPECT_EQ(alloc_.stats().allocation_count, 1U) << "the first step, and no frame of ours";
  EXPECT_GT(alloc_.stats().pool_allocated, 0U);
  for (std::uint64_t i = 1; i <= 4; ++i) {
    EXPECT_EQ(alloc_.stats().allocation_count, i);
    net::write(pair.near, net::buffer("x", 1));
    io_.restart();
    io_.run_one();
    EXPECT_EQ(alloc_.stats().deallocation_count, i);
  }
  EXPECT_TRUE(reading.done());
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

async::Task<int> inner() { co_return 1; }

TEST_F(UsePoolTest, CoroutinesThatAreMadeAfterwardsAreInThePoolToo) {
  int sum = 0;
  const auto outer = [&]() -> Foreign {
    co_await net::post(io_, use_pool(alloc_));
    sum += co_await inner();
    sum += co_await inner();
  };
  const std::uint64_t before = async::coroutine_stats().frames_on_global_heap;
  const Foreign foreign = outer();
  EXPECT_EQ(alloc_.stats().allocation_count, 1U);
  run();
  EXPECT_EQ(sum, 2);
  EXPECT_EQ(alloc_.stats().allocation_count, 3U);
  EXPECT_EQ(async::coroutine_stats().frames_on_global_heap, before);
}

TEST_F(UsePoolTest, ErrorsAreResults) {
  Pair pair(io_);
  net::error_code refused, ended;
  std::size_t size = 1;
  const auto fail = [&]() -> Task<> {
    tcp::socket nobody(io_);
    tcp::acceptor closed(io_, tcp::endpoint(net::ip::address_v4::loopback(), 0));
    const tcp::endpoint where = closed.local_endpoint();
    closed.close();
    std::tie(refused) = co_await nobody.async_connect(where, use_pool(alloc_));
    pair.near.close();
    std::array<char, 8> got{};
    std::tie(ended, size) = co_await net::async_read(pair.far, net::buffer(got), use_pool(alloc_));
  };
  async::spawn(alloc_, fail());
  run();
  EXPECT_EQ(refused, net::error::connection_refused);
  EXPECT_EQ(ended, net::error::eof);
  EXPECT_EQ(size, 0U);
}

TEST_F(UsePoolTest, CancellationReachesTheOperation) {
  net::steady_timer by_timer(io_, 1h), by_signal(io_, 1h);
  net::cancellation_signal signal;
  net::error_code first, second;
  const auto wait = [&]() -> Task<> {
    std::tie(first) = co_await by_timer.async_wait(use_pool(alloc_));
    std::tie(second) =
        co_await by_signal.async_wait(net::bind_cancellation_slot(signal.slot(), use_pool(alloc_)));
  };
  async::spawn(alloc_, wait());
  by_timer.cancel();
  io_.poll();
  EXPECT_EQ(first, net::error::operation_aborted);
  signal.emit(net::cancellation_type::all);
  run();
  EXPECT_EQ(second, net::error::operation_aborted);
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

TEST_F(UsePoolTest, AnExecutorBoundToTheTokenResumes) {
  auto strand = net::make_strand(io_);
  bool inside = false;
  const auto wait = [&]() -> Task<> {
    net::steady_timer timer(io_, 0ms);
    co_await timer.async_wait(net::bind_executor(strand, use_pool(alloc_)));
    inside = strand.running_in_this_thread();
  };
  async::spawn(alloc_, wait());
  run();
  EXPECT_TRUE(inside);
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

// Each would nest three calls if the coroutine were resumed inside its own await_suspend().
TEST_F(UsePoolTest, OperationsThatCompleteAtOnceNeedNoStack) {
  int rounds = 0;
  const auto spin = [&]() -> Task<> {
    co_await net::post(io_, use_pool(alloc_));
    for (; rounds < 200000; ++rounds) co_await net::dispatch(io_, use_pool(alloc_));
  };
  async::spawn(alloc_, spin());
  run();
  EXPECT_EQ(rounds, 200000);
}

TEST_F(UsePoolTest, DeniedAtTheStartItIsAnErrorOrThrown) {
  Pair pair(io_);
  std::array<char, 4> got{};
  std::optional<net::error_code> error;
  bool thrown = false;
  bool accepted = false;
  const auto start = [&]() -> Foreign {
    error = std::get<0>(co_await net::async_read(pair.far, net::buffer(got), use_pool(alloc_)));
    try {
      co_await net::post(io_, use_pool(alloc_));
    } catch (const std::bad_alloc&) {
      thrown = true;
    }
    tcp::acceptor acceptor(io_, tcp::endpoint(net::ip::address_v4::loopback(), 0));
    try {  // a socket has no default
      (void)co_await acceptor.async_accept(use_pool(alloc_));
    } catch (const std::bad_alloc&) {
      accepted = true;
    }
  };
  alloc_.set_thread_pool_budget(1);
  const Foreign starting = start();
  EXPECT_TRUE(starting.done());
  EXPECT_EQ(error, net::error_code(net::error::no_memory));
  EXPECT_TRUE(thrown && accepted);
  EXPECT_EQ(log_.count(Code::FA312), 3U) << "each loss is told";
  EXPECT_EQ(run(), 0) << "nothing is left in the context";
  EXPECT_EQ(alloc_.stats().allocation_count, 0U);
}

// For each n, the n-th request to the pool is denied: frames, operations, steps of composed ones.
// Nothing leaks, the coroutines come to their ends, and the loss is told.
// The allocator keeps freed blocks in quarantine: without, a step has the block of the one before.
TEST_F(UsePoolTest, WhicheverRequestIsDeniedNothingLeaks) {
  AllocConfig config = config_for(log_);
  config.guard = GuardMode::Poison;
  SmartAlloc guarded(config);
  const std::int64_t frames = async::coroutine_stats().live_frames;
  int half_way = 0;
  int n = 1;
  for (bool denied = true; denied; ++n) {
    ASSERT_LT(n, 100);
    log_.clear();
    Pair pair(io_);
    int ended = 0;
    int errors = 0;
    const auto read = [&](std::array<char, 3>& got) -> Task<bool> {
      const auto [error, size] =
          co_await net::async_read(pair.far, net::buffer(got), use_pool(guarded));
      if (error == net::error::no_memory) ++errors;
      co_return !error && size == 3;
    };
    const auto session = [&]() -> Task<> {
      std::array<char, 3> got{};
      const bool read_all = co_await read(got);  // an empty task, if its frame is denied: false
      if (read_all) {
        (void)co_await net::async_write(pair.far, net::buffer(got), use_pool(guarded));
      }
      ++ended;
    };
    int thrown = 0;
    {
      const DenyNth deny(guarded, n);
      const async::AllocatorScope scope(guarded);
      async::spawn(guarded, session());
      for (int i = 0; i < 3; ++i) {  // in pieces, so that the read has several steps
        net::write(pair.near, net::buffer("abc", 1));
        try {
          io_.restart();
          io_.poll();
        } catch (const std::bad_alloc&) {
          ++thrown;
        }
      }
      thrown += run();
      denied = deny.denied();
    }
    half_way += thrown;
    EXPECT_EQ(log_.count(Code::FA312), denied ? 1U : 0U) << "the loss is told; n is " << n;
    EXPECT_EQ(ended, n == 1 ? 0 : 1) << "n is " << n;
    EXPECT_GE(errors, thrown) << "the coroutine heard of it; n is " << n;
    EXPECT_EQ(guarded.stats().pool_allocated, 0U) << "n is " << n;
    EXPECT_EQ(async::coroutine_stats().live_frames, frames) << "n is " << n;
  }
  EXPECT_GE(half_way, 2) << "steps after the first were among them";
  EXPECT_GE(n, 6);
  EXPECT_TRUE(guarded.leak_report().empty());
}

TEST_F(UsePoolTest, WhatStillWaitsWhenTheContextEnds) {
  const std::int64_t frames = async::coroutine_stats().live_frames;
  auto io = std::make_unique<net::io_context>(1);
  int went_on = 0;
  const auto sleep = [&]() -> Task<> {
    net::steady_timer timer(*io, 1h);
    co_await timer.async_wait(use_pool(alloc_));
    ++went_on;
  };
  const auto nested = [&]() -> Task<> { co_await sleep(); };
  {
    net::steady_timer outside(*io, 1h);  // of a coroutine that somebody owns
    const auto wait = [&]() -> Task<> {
      co_await outside.async_wait(use_pool(alloc_));
      ++went_on;
    };
    const async::AllocatorScope scope(alloc_);
    async::spawn(alloc_, nested());
    Task<> owned = wait();
    owned.resume();
    EXPECT_EQ(async::coroutine_stats().live_frames, frames + 3);
    Task<> kept = std::move(owned);
    EXPECT_FALSE(kept.done());
  }
  EXPECT_EQ(async::coroutine_stats().live_frames, frames + 2) << "its owner has ended it";
  io.reset();
  EXPECT_EQ(went_on, 0);
  EXPECT_EQ(async::coroutine_stats().live_frames, frames) << "spawned tasks end with the context";
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

TEST_F(UsePoolTest, ACoroutineMayBeDestroyedWhileItWaits) {
  bool went_on = false;
  net::steady_timer timer(io_, 0ms);
  const auto wait = [&]() -> Task<> {
    co_await timer.async_wait(use_pool(alloc_));
    went_on = true;
  };
  {
    const async::AllocatorScope scope(alloc_);
    Task<> task = wait();
    task.resume();
  }
  EXPECT_GT(alloc_.stats().pool_allocated, 0U) << "the operation goes on";
  run();
  EXPECT_FALSE(went_on);
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

// The last handle of the program ends while operations wait: they keep the allocator.
TEST(UsePool, HandlersKeepTheAllocator) {
  ReportLog log;
  const std::int64_t frames = async::coroutine_stats().live_frames;
  {
    net::io_context io(1);
    std::optional<SmartAlloc> alloc(config_for(log));
    const auto sleep = [&io](const SmartAlloc& from) -> Task<> {
      net::steady_timer timer(io, 1h);
      auto token = use_pool(from);
      co_await timer.async_wait(std::move(token));
    };
    async::spawn(*alloc, sleep(*alloc));
    net::steady_timer timer(io, 1h);
    timer.async_wait(pooled(*alloc, [](const net::error_code&) {}));
    net::post(pooled_executor(io.get_executor(), *alloc), [] {});
    alloc.reset();
    EXPECT_EQ(log.size(), 0U) << "it has not ended";
    io.poll();
  }
  EXPECT_EQ(log.size(), 0U) << "and then nothing was left in it";
  EXPECT_EQ(async::coroutine_stats().live_frames, frames);
}

}  // namespace
}  // namespace framealloc::asio::test
