// SPDX-License-Identifier: MIT OR Apache-2.0
// What the tests of the module share.
#pragma once

#include <framealloc/asio/asio.hpp>
#include <framealloc/framealloc.hpp>

#include "support/report_log.hpp"

#include <coroutine>
#include <exception>
#include <utility>

namespace framealloc::asio::test {

namespace net = ::asio;
using async::Task;
using framealloc::testing::ReportLog;
using tcp = net::ip::tcp;

inline AllocConfig config_for(ReportLog& log) {
  return AllocConfig().with_report_handler(&ReportLog::handler, &log);
}

// A program's own kind of coroutine, on nothing of framealloc: runs at once, belongs to its object,
// which may be let go.
class Foreign {
 public:
  struct promise_type {
    Foreign get_return_object() noexcept {
      return Foreign(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { failed = std::current_exception(); }
    std::exception_ptr failed;
  };
  explicit Foreign(std::coroutine_handle<promise_type> coroutine) noexcept
      : coroutine_(coroutine) {}
  Foreign(Foreign&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  Foreign& operator=(Foreign&&) = delete;
  ~Foreign() {
    if (coroutine_) coroutine_.destroy();
  }
  [[nodiscard]] bool done() const { return coroutine_.done(); }
  void rethrow() const {
    if (coroutine_.promise().failed) std::rethrow_exception(coroutine_.promise().failed);
  }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

// Two sockets that are connected to each other.
struct Pair {
  explicit Pair(net::io_context& io) : near(io), far(io) {
    tcp::acceptor acceptor(io, tcp::endpoint(net::ip::address_v4::loopback(), 0));
    near.connect(acceptor.local_endpoint());
    far = acceptor.accept();
  }
  tcp::socket near, far;
};

// Denies the n-th request to the pool of this thread, the first being 1; 0 none.
class DenyNth {
 public:
  DenyNth(SmartAlloc& alloc, int nth) : alloc_(alloc), nth_(nth) {
    (void)alloc_.on_budget_exceeded([this](const ThreadBudgetEvent&) {
      return ++seen_ == nth_ ? BudgetDecision::Deny : BudgetDecision::Allow;
    });
    alloc_.set_thread_pool_budget(1, BudgetExceededPolicy::Custom);
  }
  ~DenyNth() {
    alloc_.set_thread_pool_budget(0);
    alloc_.on_budget_exceeded(nullptr, nullptr);
  }
  DenyNth(const DenyNth&) = delete;
  DenyNth& operator=(const DenyNth&) = delete;
  [[nodiscard]] int seen() const { return seen_; }
  [[nodiscard]] bool denied() const { return nth_ != 0 && seen_ >= nth_; }

 private:
  SmartAlloc& alloc_;
  int nth_;
  int seen_ = 0;
};

}  // namespace framealloc::asio::test
