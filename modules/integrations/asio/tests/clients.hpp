// SPDX-License-Identifier: MIT OR Apache-2.0
// What the server test and the example share: players who play over the loopback device, without
// allocating, and a server's contexts and threads.
#pragma once

#include <framealloc/testing/no_heap_in_scope.hpp>

#include <sys/resource.h>
#include <asio.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace load {

namespace net = ::asio;
using tcp = net::ip::tcp;

struct Message {
  std::array<char, 32> bytes{};
};

// Both ends of every connection are in one process. Result: whether it may have that many.
inline bool allow_connections(std::size_t count) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  const auto wanted = static_cast<rlim_t>(2 * count + 100);
  if (limit.rlim_cur >= wanted) return true;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= wanted;
}

// Result: calls of malloc and its kin that all threads make in `play`.
template <class F>
std::uint64_t mallocs_in(F play) {
  const framealloc::testing::NoHeapInScope scope(framealloc::testing::HeapCalls::OfAllThreads);
  play();
  const std::uint64_t calls = scope.count();
  (void)scope.none();  // so that it does not fail for them
  return calls;
}

// Each sends a message, then each waits for its answer.
class Clients {
 public:
  Clients(unsigned short port, std::size_t count) {
    sockets_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      sockets_.emplace_back(context_);
      sockets_.back().connect(tcp::endpoint(net::ip::address_v4::loopback(), port));
      sockets_.back().set_option(tcp::no_delay(true));
    }
  }
  // Result: answers of the right size whose first byte is that of the message.
  std::uint64_t round(char first) {
    Message message;
    message.bytes[0] = first;
    net::error_code error;
    for (tcp::socket& socket : sockets_) net::write(socket, net::buffer(message.bytes), error);
    std::uint64_t right = 0;
    for (tcp::socket& socket : sockets_) {
      Message answer;
      net::read(socket, net::buffer(answer.bytes), error);
      if (!error && answer.bytes[0] == first) ++right;
    }
    return right;
  }
  std::uint64_t rounds(int count) {
    std::uint64_t right = 0;
    for (int i = 0; i < count; ++i) right += round(static_cast<char>(i));
    return right;
  }

 private:
  net::io_context context_{1};
  std::vector<tcp::socket> sockets_;
};

// A context on the loopback device with threads that run it. Ends once its sessions have.
class Host {
 public:
  explicit Host(int threads) : context_(threads), thread_count_(threads) {
    acceptor_.open(tcp::v4());
    acceptor_.bind(tcp::endpoint(net::ip::address_v4::loopback(), 0));
    acceptor_.listen(4096);
  }
  ~Host() { join(); }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  [[nodiscard]] net::io_context& context() { return context_; }
  [[nodiscard]] tcp::acceptor& acceptor() { return acceptor_; }
  [[nodiscard]] unsigned short port() const { return acceptor_.local_endpoint().port(); }
  template <class F>
  void start(F run) {
    for (int i = 0; i < thread_count_; ++i) threads_.emplace_back([this, run] { run(context_); });
  }
  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  net::io_context context_;
  int thread_count_;
  tcp::acceptor acceptor_{context_};
  std::vector<std::thread> threads_;
};

}  // namespace load
