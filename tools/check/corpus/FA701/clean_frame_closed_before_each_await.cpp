// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <coroutine>
#include <exception>

namespace fa = framealloc;

struct Fiber {
  struct promise_type {
    Fiber get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};
struct NextTick {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<>) const {}
  int await_resume() const { return 1; }
};
int measure(fa::SmartAlloc& alloc, int seed) {
  const auto frame = alloc.scoped_frame();
  auto cells = alloc.frame_slice<int>(8);
  cells[0] = seed;
  return cells[0];
}
Fiber run(fa::SmartAlloc& alloc) {
  int total = 0;
  while (total < 100) {
    total += measure(alloc, total);
    total += co_await NextTick{};
    const auto box = alloc.pool_box<int>(total);
    co_await NextTick{};
    total += *box;
  }
}
