// SPDX-License-Identifier: MIT OR Apache-2.0
// Echo servers with two nested coroutines a message: ours calls malloc for none, counted in the
// process; plain Asio, the same program, for each.
#include "asio_rig.hpp"
#include "tests/clients.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>

namespace framealloc::asio::test {
namespace {

using load::Clients;
using load::Host;
using load::Message;

class PooledServer {
 public:
  PooledServer(int threads, std::size_t connections) : connections_(connections), host_(threads) {
    const async::AllocatorScope scope(alloc_);
    async::spawn(alloc_, accept());
    host_.start([](net::io_context& io) { io.run(); });
  }
  [[nodiscard]] Host& host() { return host_; }
  [[nodiscard]] SmartAlloc& alloc() { return alloc_; }

 private:
  Task<bool> read(tcp::socket& socket, Message& message) {
    const auto [error, size] =
        co_await net::async_read(socket, net::buffer(message.bytes), use_pool(alloc_));
    co_return !error;
  }
  Task<bool> write(tcp::socket& socket, Message& message) {
    const auto [error, size] =
        co_await net::async_write(socket, net::buffer(message.bytes), use_pool(alloc_));
    co_return !error;
  }
  Task<bool> answer(tcp::socket& socket, Message& message) {
    if (!co_await read(socket, message)) co_return false;
    const bool written = co_await write(socket, message);
    co_return written;
  }
  Task<> serve(tcp::socket socket) {
    Message message;
    while (co_await answer(socket, message)) {
    }
  }
  Task<> accept() {
    for (std::size_t i = 0; i < connections_; ++i) {
      tcp::socket socket(host_.context());
      const auto [error] = co_await host_.acceptor().async_accept(socket, use_pool(alloc_));
      if (error) co_return;
      socket.set_option(tcp::no_delay(true));
      async::spawn(alloc_, serve(std::move(socket)));
    }
  }
  SmartAlloc alloc_;
  std::size_t connections_;
  Host host_;
};

class PlainServer {
 public:
  PlainServer(int threads, std::size_t connections) : connections_(connections), host_(threads) {
    net::co_spawn(host_.context(), accept(), net::detached);
    host_.start([](net::io_context& io) { io.run(); });
  }
  [[nodiscard]] Host& host() { return host_; }

 private:
  template <class T = void>
  using Awaitable = net::awaitable<T>;
  Awaitable<bool> read(tcp::socket& socket, Message& message) {
    net::error_code error;
    co_await net::async_read(socket, net::buffer(message.bytes),
                             net::redirect_error(net::use_awaitable, error));
    co_return !error;
  }
  Awaitable<bool> write(tcp::socket& socket, Message& message) {
    net::error_code error;
    co_await net::async_write(socket, net::buffer(message.bytes),
                              net::redirect_error(net::use_awaitable, error));
    co_return !error;
  }
  Awaitable<bool> answer(tcp::socket& socket, Message& message) {
    if (!co_await read(socket, message)) co_return false;
    const bool written = co_await write(socket, message);
    co_return written;
  }
  Awaitable<> serve(tcp::socket socket) {
    Message message;
    while (co_await answer(socket, message)) {
    }
  }
  Awaitable<> accept() {
    for (std::size_t i = 0; i < connections_; ++i) {
      tcp::socket socket(host_.context());
      net::error_code error;
      co_await host_.acceptor().async_accept(socket,
                                             net::redirect_error(net::use_awaitable, error));
      if (error) co_return;
      socket.set_option(tcp::no_delay(true));
      net::co_spawn(host_.context(), serve(std::move(socket)), net::detached);
    }
  }
  std::size_t connections_;
  Host host_;
};

// Plain Asio calls aligned_alloc(), for which ThreadSanitizer has no hook.
constexpr bool kSeesAlignedForms = !FRAMEALLOC_TSAN;
constexpr int kWarm = 3;
constexpr int kRounds = 4;

struct Load {
  std::size_t connections;
  int threads;
};
class ServerTest : public ::testing::TestWithParam<Load> {};

TEST_P(ServerTest, CallsNoMallocForAMessage) {
  const auto [connections, threads] = GetParam();
  ASSERT_TRUE(load::allow_connections(connections)) << "ulimit -n is too low";
  const std::uint64_t messages = connections * kRounds;
  const std::int64_t frames = async::coroutine_stats().live_frames;
  const std::uint64_t on_heap = async::coroutine_stats().frames_on_global_heap;
  PooledServer ours(threads, connections);
  {
    Clients clients(ours.host().port(), connections);
    EXPECT_EQ(clients.rounds(kWarm), connections * kWarm);
    // Blocks that one thread frees for another may be on their way for a while.
    std::size_t reserved = 0;
    for (int i = 0; i < 50 && reserved != ours.alloc().stats().reserved; ++i) {
      reserved = ours.alloc().stats().reserved;
      EXPECT_EQ(clients.rounds(kWarm), connections * kWarm);
    }
    std::uint64_t right = 0;
    EXPECT_EQ(load::mallocs_in([&] { right = clients.rounds(kRounds); }), 0U);
    EXPECT_EQ(right, messages);
    if (threads == 1) {
      EXPECT_EQ(ours.alloc().stats().reserved, reserved) << "no mmap either";
    }
    EXPECT_GE(ours.alloc().stats().allocation_count, 4 * messages) << "so the pool served them";
  }
  ours.host().join();
  EXPECT_EQ(ours.alloc().stats().total_allocated, 0U);
  EXPECT_TRUE(ours.alloc().leak_report().empty());
  EXPECT_EQ(async::coroutine_stats().live_frames, frames);
  EXPECT_EQ(async::coroutine_stats().frames_on_global_heap, on_heap);

  PlainServer plain(threads, connections);
  std::uint64_t calls = 0;
  {
    Clients clients(plain.host().port(), connections);
    EXPECT_EQ(clients.rounds(kWarm), connections * kWarm);
    std::uint64_t right = 0;
    calls = load::mallocs_in([&] { right = clients.rounds(kRounds); });
    EXPECT_EQ(right, messages);
  }
  plain.host().join();
  if (kSeesAlignedForms) {
    EXPECT_GE(calls, messages / 2) << "the same program without us";
  }
  std::printf("%zu connections, %d threads: 0 mallocs a message, without us %.1f\n", connections,
              threads, static_cast<double>(calls) / static_cast<double>(messages));
}

INSTANTIATE_TEST_SUITE_P(
    Loads, ServerTest, ::testing::Values(Load{200, 1}, Load{200, 2}, Load{1000, 1}, Load{1000, 2}),
    [](const auto& load) {
      return std::to_string(load.param.connections) + "On" + std::to_string(load.param.threads);
    });

// 500 coroutines that wait at once, and all they take.
TEST(Burst, Of500PendingOperationsCallsNoMalloc) {
  constexpr std::uint64_t kBurst = 500;
  net::io_context io(1);
  SmartAlloc alloc;
  std::uint64_t done = 0;
  const auto ours = [&]() -> Task<> {
    co_await net::post(io, use_pool(alloc));
    co_await net::post(io, use_pool(alloc));
    ++done;
  };
  const auto plain = [&]() -> net::awaitable<void> {
    co_await net::post(io, net::use_awaitable);
    co_await net::post(io, net::use_awaitable);
    ++done;
  };
  const auto burst = [&](auto start) {
    for (std::uint64_t i = 0; i < kBurst; ++i) start();
    io.restart();
    io.run();
  };
  const auto ours_at_once = [&] { burst([&] { async::spawn(alloc, ours()); }); };
  const async::AllocatorScope scope(alloc);
  ours_at_once();
  const auto three_times = [&] {
    for (int i = 0; i < 3; ++i) ours_at_once();
  };
  EXPECT_EQ(load::mallocs_in(three_times), 0U);
  EXPECT_EQ(done, 4 * kBurst);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
  const auto plain_at_once = [&] { burst([&] { net::co_spawn(io, plain(), net::detached); }); };
  const std::uint64_t without_us = load::mallocs_in(plain_at_once);
  if (kSeesAlignedForms) {
    EXPECT_GE(without_us, kBurst) << "the same program without us";
  }
  EXPECT_EQ(done, 5 * kBurst);
}

}  // namespace
}  // namespace framealloc::asio::test
