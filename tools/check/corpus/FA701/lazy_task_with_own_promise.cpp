// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <coroutine>
#include <exception>
#include <utility>

namespace fa = framealloc;

template <class T>
class Lazy {
 public:
  struct promise_type {
    T result{};
    std::coroutine_handle<> waiting;
    Lazy get_return_object() {
      return Lazy(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Resume {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept {
          return done.promise().waiting ? done.promise().waiting : std::noop_coroutine();
        }
        void await_resume() noexcept {}
      };
      return Resume{};
    }
    void return_value(T value) { result = std::move(value); }
    void unhandled_exception() { std::terminate(); }
  };
  explicit Lazy(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Lazy(Lazy&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Lazy() {
    if (handle_) handle_.destroy();
  }
  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) {
    handle_.promise().waiting = waiting;
    return handle_;
  }
  T await_resume() { return std::move(handle_.promise().result); }

 private:
  std::coroutine_handle<promise_type> handle_;
};

Lazy<int> load(int id) { co_return id * 2; }
Lazy<int> total(fa::SmartAlloc& alloc, int count) {
  auto* sum = alloc.frame_new<int>(0);  // expect: FA701
  *sum = count;
  const int first = *sum;
  const int loaded = co_await load(3);
  co_return first + loaded;
}
