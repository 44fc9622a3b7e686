// SPDX-License-Identifier: MIT OR Apache-2.0
// The smallest coroutine types that the programs of the corpus need.
#pragma once

#include <coroutine>
#include <utility>

// A coroutine that nobody waits for.
struct Task {
  struct promise_type {
    Task get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
  };
};

// A coroutine that yields values of T.
template <class T>
struct Sequence {
  struct promise_type {
    T value{};
    Sequence get_return_object() noexcept {
      return Sequence{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    std::suspend_always yield_value(T next) noexcept {
      value = std::move(next);
      return {};
    }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
  };
  std::coroutine_handle<promise_type> handle;
};

// Waits for the next tick.
struct Tick {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};
inline Tick tick() { return {}; }
