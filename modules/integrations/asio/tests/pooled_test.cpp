// SPDX-License-Identifier: MIT OR Apache-2.0
// Handlers and executors with pools.
#include "asio_rig.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

namespace framealloc::asio::test {
namespace {

class PooledTest : public ::testing::Test {
 protected:
  // Result: what the pool has been asked for since the last call.
  std::uint64_t requests() {
    const std::uint64_t now = alloc_.stats().allocation_count;
    return now - std::exchange(before_, now);
  }
  void run() {
    io_.restart();
    io_.run();
  }
  net::io_context io_{1};
  SmartAlloc alloc_;
  std::uint64_t before_ = 0;
};

TEST_F(PooledTest, AHandlerHasThePoolAndKeepsTheRest) {
  auto strand = net::make_strand(io_);
  int called = 0;
  auto handler = pooled(alloc_, net::bind_executor(strand, [&](int by) { called += by; }));
  using Handler = decltype(handler);
  static_assert(std::is_same_v<net::associated_allocator_t<Handler>, Allocator<>>);
  static_assert(std::is_same_v<net::associated_executor_t<Handler>, decltype(strand)>);
  EXPECT_EQ(net::get_associated_allocator(handler), Allocator<>(alloc_));
  EXPECT_EQ(net::get_associated_executor(handler), strand);
  net::cancellation_signal signal;
  const auto slotted = pooled(alloc_, net::bind_cancellation_slot(signal.slot(), [] {}));
  EXPECT_EQ(net::get_associated_cancellation_slot(slotted), signal.slot());
  handler(2);
  const auto fixed = pooled(alloc_, [&](int by) { called += by; });
  fixed(3);
  EXPECT_EQ(called, 5);
}

TEST_F(PooledTest, OperationsOfAHandlerAreInThePool) {
  Pair pair(io_);
  std::array<char, 4> got{};
  std::size_t size = 0;
  net::async_read(pair.far, net::buffer(got),
                  pooled(alloc_, [&, moved = std::make_unique<int>(1)](const net::error_code& error,
                                                                       std::size_t bytes) {
                    if (!error && *moved == 1) size = bytes;
                  }));
  EXPECT_EQ(requests(), 1U);
  for (int i = 0; i < 4; ++i) {
    net::write(pair.near, net::buffer("x", 1));
    io_.restart();
    io_.run_one();
  }
  EXPECT_EQ(size, 4U);
  EXPECT_EQ(requests(), 3U) << "a step for each piece";
  net::post(io_, pooled(alloc_, [] {}));
  EXPECT_EQ(requests(), 1U);
  run();
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

TEST_F(PooledTest, ADeniedOperationOfAHandlerThrows) {
  ReportLog log;
  SmartAlloc small(config_for(log));
  small.set_thread_pool_budget(1);
  EXPECT_THROW(net::post(io_, pooled(small, [] {})), std::bad_alloc);
  const auto executor = pooled_executor(io_.get_executor(), small);
  EXPECT_THROW(net::post(executor, [] {}), std::bad_alloc);
  EXPECT_EQ(log.count(Code::FA312), 2U);
  EXPECT_EQ(io_.poll(), 0U);
}

TEST_F(PooledTest, AllDoorsOfAnExecutorLeadToThePool) {
  const auto executor = pooled_executor(io_.get_executor(), alloc_);
  static_assert(net::execution::is_executor<std::decay_t<decltype(executor)>>::value);
  EXPECT_EQ(&net::query(executor, net::execution::context), &io_);
  EXPECT_EQ(executor, pooled_executor(io_.get_executor(), alloc_));
  EXPECT_NE(executor, pooled_executor(io_.get_executor(), SmartAlloc()));
  int called = 0;
  net::post(executor, [&] { ++called; });
  EXPECT_EQ(requests(), 1U);
  net::dispatch(executor, [&] { ++called; });
  EXPECT_EQ(requests(), 1U) << "this thread does not run the context, so it waits";
  net::defer(executor, [&] { ++called; });
  EXPECT_EQ(requests(), 1U);
  net::execution::execute(executor, [&] { ++called; });
  EXPECT_EQ(requests(), 1U);
  const auto tracked = net::require(executor, net::execution::outstanding_work.tracked);
  net::post(net::prefer(tracked, net::execution::relationship.continuation), [&] { ++called; });
  EXPECT_EQ(requests(), 1U);
  EXPECT_EQ(called, 0);
  io_.poll();
  EXPECT_EQ(called, 5);
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

TEST_F(PooledTest, AHandlersOwnAllocatorGoesBeforeTheExecutors) {
  SmartAlloc other;
  const auto executor = pooled_executor(io_.get_executor(), alloc_);
  net::post(executor, pooled(other, [] {}));
  EXPECT_EQ(requests(), 0U);
  EXPECT_EQ(other.stats().allocation_count, 1U);
  run();
  EXPECT_EQ(other.stats().pool_allocated, 0U);
}

TEST_F(PooledTest, StrandsAndSocketsStandOnAnExecutor) {
  auto executor = pooled_executor(io_.get_executor(), alloc_);
  auto strand = net::make_strand(executor);
  (void)requests();
  int called = 0;
  for (int i = 0; i < 3; ++i) {
    net::post(strand, [&] { ++called; });
  }
  EXPECT_GE(requests(), 3U);
  run();
  EXPECT_EQ(called, 3);
  using Timer =
      net::basic_waitable_timer<std::chrono::steady_clock,
                                net::wait_traits<std::chrono::steady_clock>, decltype(executor)>;
  Timer timer(executor, std::chrono::milliseconds(0));
  net::basic_stream_socket<tcp, decltype(executor)> socket(executor);
  socket.open(tcp::v4());
  const auto wait = [&]() -> Task<> {
    co_await timer.async_wait(use_pool(alloc_));
    ++called;
  };
  async::spawn(alloc_, wait());
  run();
  EXPECT_EQ(called, 4);
  EXPECT_EQ(alloc_.stats().pool_allocated, 0U);
}

}  // namespace
}  // namespace framealloc::asio::test
