// SPDX-License-Identifier: MIT OR Apache-2.0
#include <condition_variable>
#include <coroutine>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <queue>
#include <span>
#include <thread>
#include <vector>

struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};
struct Sleep {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<>) const {}
  void await_resume() const {}
};
Detached ticker(std::span<int> cells) {
  for (int& cell : cells) {
    ++cell;
    co_await Sleep{};
  }
}
class Pool {
 public:
  void submit(std::function<void()> job) {
    const std::lock_guard lock(mutex_);
    jobs_.push(std::move(job));
  }
  void run() {
    std::thread worker([this] {
      while (!jobs_.empty()) {
        jobs_.front()();
        jobs_.pop();
      }
    });
    worker.detach();
  }

 private:
  std::mutex mutex_;
  std::queue<std::function<void()>> jobs_;
};
int main() {
  std::vector<int> cells(8);
  Pool pool;
  int* raw = cells.data();
  pool.submit([raw] { ++*raw; });
  pool.run();
  ticker(cells);
  auto sum = std::async(std::launch::async, [&cells] { return cells[0]; });
  for (;;) {
    auto* leak = new int(3);
    if (*leak == 3) break;
  }
  return sum.get();
}
