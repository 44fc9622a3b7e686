// SPDX-License-Identifier: MIT OR Apache-2.0
// A game server with 1,000 players, twice: on framealloc, where sessions use a pool and the world's
// tick at 60 Hz uses frame memory, and on plain Asio with std::vector. What each calls malloc for is
// counted in the process.
#include "tests/clients.hpp"

#include <framealloc/asio/asio.hpp>
#include <framealloc/framealloc.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <future>
#include <utility>
#include <vector>

namespace fa = framealloc;
namespace net = asio;
using net::ip::tcp;

namespace {

constexpr std::size_t kPlayers = 1000;
constexpr int kWarmRounds = 5;
constexpr int kRounds = 25;
constexpr std::chrono::nanoseconds kTick{1'000'000'000 / 60};

struct Player {
  float x = 0;
  float speed = 0;
};

// Belongs to the one thread that runs the context.
struct World {
  std::vector<Player> players = std::vector<Player>(kPlayers);
  std::size_t joined = 0;
  std::size_t online = 0;
  std::uint64_t ticks = 0;
  std::uint64_t meetings = 0;

  // A message is a command; the answer says where the player is.
  void obey(std::size_t id, load::Message& message) {
    players[id].speed = static_cast<float>(message.bytes[0] % 7);
    message.bytes[1] = static_cast<char>(static_cast<int>(players[id].x) % 100);
  }
  // Effect: moves everybody; `near` takes the players that meet another.
  template <class List>
  void tick(List& near) {
    std::size_t previous = 0;
    for (std::size_t id = 0; id < players.size(); ++id) {
      players[id].x += players[id].speed * 0.016F;
      if (std::abs(players[id].x - players[previous].x) < 0.5F) near.push_back(id);
      previous = id;
    }
    meetings += near.size();
    ++ticks;
  }
  [[nodiscard]] bool is_over() const { return joined == kPlayers && online == 0; }
};

// --- on framealloc -------------------------------------------------------------------------------

class PooledGame {
 public:
  PooledGame() {
    {
      const fa::TagScope tag = alloc_.tag_scope("net");
      const fa::async::AllocatorScope scope(alloc_);  // their own frames too
      fa::async::spawn(alloc_, accept());
      fa::async::spawn(alloc_, run_world());
    }
    host_.start([this](net::io_context& context) {
      const fa::TagScope tag = alloc_.tag_scope("net");  // what sessions take is the network's
      context.run();
    });
  }
  load::Host& host() { return host_; }
  const World& world() const { return world_; }
  fa::SmartAlloc& alloc() { return alloc_; }

 private:
  fa::async::Task<bool> read(tcp::socket& socket, load::Message& message) {
    const auto [error, size] =
        co_await net::async_read(socket, net::buffer(message.bytes), fa::asio::use_pool(alloc_));
    co_return !error;
  }
  fa::async::Task<bool> write(tcp::socket& socket, load::Message& message) {
    const auto [error, size] =
        co_await net::async_write(socket, net::buffer(message.bytes), fa::asio::use_pool(alloc_));
    co_return !error;
  }
  fa::async::Task<bool> answer(tcp::socket& socket, std::size_t id, load::Message& message) {
    if (!co_await read(socket, message)) co_return false;
    world_.obey(id, message);
    const auto [error, size] =
        co_await net::async_write(socket, net::buffer(message.bytes), fa::asio::use_pool(alloc_));
    co_return !error;
  }
  fa::async::Task<> serve(tcp::socket socket, std::size_t id) {
    load::Message message;
    ++world_.online;
    while (co_await answer(socket, id, message)) {
    }
    --world_.online;
  }
  fa::async::Task<> accept() {
    for (std::size_t id = 0; id < kPlayers; ++id) {
      tcp::socket socket(host_.context());
      const auto [error] =
          co_await host_.acceptor().async_accept(socket, fa::asio::use_pool(alloc_));
      if (error) co_return;
      socket.set_option(tcp::no_delay(true));
      fa::async::spawn(alloc_, serve(std::move(socket), id));
      ++world_.joined;
    }
  }
  fa::async::Task<> run_world() {
    net::steady_timer timer(host_.context(), kTick);
    while (!world_.is_over()) {
      co_await timer.async_wait(fa::asio::use_pool(alloc_));
      timer.expires_at(timer.expiry() + kTick);
      const fa::ScopedFrame frame = alloc_.scoped_frame();  // ends before the next wait
      const fa::TagScope tag = alloc_.tag_scope(world_tag_);
      auto near = alloc_.frame_vec<std::size_t>(64);
      world_.tick(near);
    }
  }
  fa::SmartAlloc alloc_;
  fa::Tag world_tag_ = alloc_.tag("world");
  World world_;
  load::Host host_{1};
};

// --- on plain Asio -------------------------------------------------------------------------------

class PlainGame {
 public:
  PlainGame() {
    net::co_spawn(host_.context(), accept(), net::detached);
    net::co_spawn(host_.context(), run_world(), net::detached);
    host_.start([](net::io_context& context) { context.run(); });
  }
  load::Host& host() { return host_; }
  const World& world() const { return world_; }

 private:
  net::awaitable<bool> read(tcp::socket& socket, load::Message& message) {
    net::error_code error;
    co_await net::async_read(socket, net::buffer(message.bytes),
                             net::redirect_error(net::use_awaitable, error));
    co_return !error;
  }
  net::awaitable<bool> write(tcp::socket& socket, load::Message& message) {
    net::error_code error;
    co_await net::async_write(socket, net::buffer(message.bytes),
                              net::redirect_error(net::use_awaitable, error));
    co_return !error;
  }
  net::awaitable<bool> answer(tcp::socket& socket, std::size_t id, load::Message& message) {
    if (!co_await read(socket, message)) co_return false;
    world_.obey(id, message);
    const bool written = co_await write(socket, message);
    co_return written;
  }
  net::awaitable<void> serve(tcp::socket socket, std::size_t id) {
    load::Message message;
    ++world_.online;
    while (co_await answer(socket, id, message)) {
    }
    --world_.online;
  }
  net::awaitable<void> accept() {
    for (std::size_t id = 0; id < kPlayers; ++id) {
      tcp::socket socket(host_.context());
      net::error_code error;
      co_await host_.acceptor().async_accept(socket,
                                             net::redirect_error(net::use_awaitable, error));
      if (error) co_return;
      socket.set_option(tcp::no_delay(true));
      net::co_spawn(host_.context(), serve(std::move(socket), id), net::detached);
      ++world_.joined;
    }
  }
  net::awaitable<void> run_world() {
    net::steady_timer timer(host_.context(), kTick);
    while (!world_.is_over()) {
      co_await timer.async_wait(net::use_awaitable);
      timer.expires_at(timer.expiry() + kTick);
      std::vector<std::size_t> near;
      world_.tick(near);
    }
  }
  World world_;
  load::Host host_{1};
};

// --- both ----------------------------------------------------------------------------------------

struct Figures {
  std::uint64_t messages = 0;
  std::uint64_t mallocs = 0;
};

// Effect: plays, and calls `look` while everybody is still connected.
template <class Game, class Look>
Figures play(Game& game, Look look) {
  Figures figures;
  {
    load::Clients clients(game.host().port(), kPlayers);
    clients.rounds(kWarmRounds);
    figures.mallocs = load::mallocs_in([&] { figures.messages = clients.rounds(kRounds); });
    look();
  }  // the players leave; sessions end, then the world
  game.host().join();
  return figures;
}

void print(const char* name, const Figures& figures, const World& world) {
  std::printf("%s: %llu messages, %llu calls of malloc (%.2f a message), %llu ticks\n", name,
              static_cast<unsigned long long>(figures.messages),
              static_cast<unsigned long long>(figures.mallocs),
              static_cast<double>(figures.mallocs) / static_cast<double>(figures.messages),
              static_cast<unsigned long long>(world.ticks));
}

// Result: whether the tags hold all of it, to the byte, and the world alone used frames.
bool print_holders(const fa::SmartAlloc& alloc) {
  const fa::AllocStats stats = alloc.stats();
  std::size_t sum = 0;
  std::size_t most = 0;  // of frame memory, that a tag held at once
  for (const fa::TagStats& tag : alloc.all_tag_stats()) {
    sum += tag.current_bytes;
    most += tag.peak_frame_bytes;
    std::printf("  %-6s %8zu bytes\n", tag.tag.empty() ? "-" : tag.tag.c_str(), tag.current_bytes);
  }
  const std::size_t ticks = alloc.tag_stats("world").peak_frame_bytes;
  std::printf("  in all %8zu bytes, and frames of up to %zu bytes for the world's ticks\n",
              stats.total_allocated, ticks);
  return sum == stats.total_allocated && ticks != 0 && most == ticks &&
         ticks == alloc.frame_stats().high_water;
}

}  // namespace

int main() {
  if (!load::allow_connections(kPlayers)) {
    std::printf("this system allows too few open files for %zu connections\n", kPlayers);
    return 1;
  }
  bool right = true;
  PooledGame pooled;
  const Figures ours = play(pooled, [&] {
    std::printf("who holds what, with %zu players:\n", kPlayers);
    std::promise<bool> held;  // on the server's thread, so that nothing changes meanwhile
    net::post(pooled.host().context(), [&] { held.set_value(print_holders(pooled.alloc())); });
    right = held.get_future().get();
  });
  print("framealloc", ours, pooled.world());
  PlainGame plain;
  const Figures theirs = play(plain, [] {});
  print("plain Asio", theirs, plain.world());

  const bool empty = pooled.alloc().leak_report().empty();
  std::printf("afterwards: %zu bytes; leak report: %s; %s\n",
              pooled.alloc().stats().total_allocated, empty ? "empty" : "not empty",
              right ? "the tags held it to the byte" : "WRONG");
  right = right && empty && ours.messages == theirs.messages && ours.mallocs == 0;
  return right ? 0 : 1;
}
