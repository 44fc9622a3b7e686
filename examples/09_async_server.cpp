// SPDX-License-Identifier: MIT OR Apache-2.0
// A coroutine server on Asio: the coroutine frames of its sessions and every operation they wait
// for are in a pool, under a tag with a limit. Eight clients send forty messages each.
#include <framealloc/asio/asio.hpp>
#include <framealloc/framealloc.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <utility>

namespace fa = framealloc;
namespace net = asio;
using namespace framealloc::literals;
using fa::asio::use_pool;
using net::ip::tcp;

namespace {

constexpr int kClients = 8;
constexpr int kMessages = 40;
using Message = std::array<char, 32>;

struct Served {
  int sessions = 0;
  int messages = 0;
};

class Server {
 public:
  Server(fa::SmartAlloc& alloc, net::io_context& context)
      : alloc_(alloc), acceptor_(context, {net::ip::address_v4::loopback(), 0}) {
    fa::async::spawn(alloc_, accept());
  }
  [[nodiscard]] tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
  [[nodiscard]] Served served() const { return served_; }

 private:
  fa::async::Task<> accept() {
    for (int client = 0; client < kClients; ++client) {
      tcp::socket socket(acceptor_.get_executor());
      const auto [error] = co_await acceptor_.async_accept(socket, use_pool(alloc_));
      if (error) co_return;
      ++served_.sessions;
      fa::async::spawn(alloc_, serve(std::move(socket)));
    }
  }
  // One session, until its client closes. It lives across many operations, so it holds no frame
  // memory; between two operations it may use some.
  fa::async::Task<> serve(tcp::socket socket) {
    Message message{};
    for (;;) {
      const auto [bad, size] =
          co_await net::async_read(socket, net::buffer(message), use_pool(alloc_));
      if (bad) co_return;
      ++served_.messages;
      message.back() = static_cast<char>(message.front() + 1);
      const auto [lost, sent] =
          co_await net::async_write(socket, net::buffer(message), use_pool(alloc_));
      if (lost) co_return;
    }
  }

  fa::SmartAlloc& alloc_;
  tcp::acceptor acceptor_;
  Served served_;
};

fa::async::Task<> talk(fa::SmartAlloc& alloc, tcp::socket socket, tcp::endpoint server,
                       int& right) {
  const auto [refused] = co_await socket.async_connect(server, use_pool(alloc));
  if (refused) co_return;
  Message message{};
  for (int i = 0; i < kMessages; ++i) {
    message.front() = static_cast<char>(i);
    const auto [lost, sent] =
        co_await net::async_write(socket, net::buffer(message), use_pool(alloc));
    if (lost) co_return;
    const auto [bad, size] =
        co_await net::async_read(socket, net::buffer(message), use_pool(alloc));
    if (bad) co_return;
    right += message.back() == i + 1 ? 1 : 0;
  }
}

}  // namespace

int main() {
  fa::SmartAlloc alloc(fa::AllocConfig{.enable_budgets = true});
  alloc.budgets()->register_tag_budget("net", 0, 1_MiB);  // more is denied, and reported
  Served served;
  int right = 0;
  {
    const fa::TagScope tag = alloc.tag_scope("net");
    const fa::async::AllocatorScope scope(alloc);  // coroutines created here are in the pool
    net::io_context context;
    Server server(alloc, context);
    for (int client = 0; client < kClients; ++client) {
      fa::async::spawn(alloc, talk(alloc, tcp::socket(context), server.endpoint(), right));
    }
    context.run();
    served = server.served();
  }
  const std::size_t left = alloc.tag_stats("net").current_bytes;
  std::printf("%d sessions, %d messages, %d right answers\n", served.sessions, served.messages,
              right);
  std::printf("still held by net: %zu bytes\n", left);
  return right == kClients * kMessages && left == 0 ? 0 : 1;
}
