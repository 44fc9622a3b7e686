// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <coroutine>
#include <exception>
#include <string_view>

namespace fa = framealloc;

class Words {
 public:
  struct promise_type {
    std::string_view current;
    Words get_return_object() {
      return Words(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(std::string_view word) noexcept {
      current = word;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  explicit Words(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  bool next() {
    handle_.resume();
    return !handle_.done();
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};
Words words(fa::SmartAlloc& alloc) {
  for (int i = 0; i < 3; ++i) {
    const auto frame = alloc.scoped_frame();
    auto word = alloc.frame_string(8);
    word.append("abc");
    co_yield std::string_view(word.data(), word.size());  // expect: FA702
  }
}
