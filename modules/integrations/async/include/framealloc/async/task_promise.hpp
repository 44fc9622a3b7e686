// SPDX-License-Identifier: MIT OR Apache-2.0
// What the promises of all Tasks share: the chain of tasks that await each other, and the watch over
// frame memory.
#pragma once

#include <framealloc/async/frame_watch.hpp>
#include <framealloc/async/pooled_frame.hpp>

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <type_traits>
#include <utility>

namespace framealloc::async::detail {

class TaskPromise;

// A coroutine that waits for a task. Lies in its frame, and is known by the task, so that either may
// end first. Thread contract: the one of the task.
class TaskWait {
 public:
  TaskWait() noexcept = default;
  TaskWait(const TaskWait&) = delete;
  TaskWait& operator=(const TaskWait&) = delete;

 protected:
  inline ~TaskWait();

 private:
  friend class TaskPromise;
  template <class T>
  friend class TaskHandle;
  TaskPromise* task_ = nullptr;  // null: it does not wait
  std::coroutine_handle<> coroutine_;
  TaskPromise* parent_ = nullptr;  // of that coroutine, if it is a task's
};

// A task that is being started from the await_suspend() of the one that awaits it. If it runs to
// its end there, the awaiting task goes on without a nested call, so that a loop over tasks that
// never suspend needs no stack, also where the compiler makes no tail calls.
struct TaskStart {
  const TaskPromise* task;
  TaskStart* outer;
  bool done = false;
};
inline constinit thread_local TaskStart* starting = nullptr;

class TaskPromise {
 public:
  TaskPromise() noexcept : watch_(std::exchange(fresh_watch, nullptr)) {}
  TaskPromise(const TaskPromise&) = delete;
  TaskPromise& operator=(const TaskPromise&) = delete;
  // Who waits for it stays suspended.
  ~TaskPromise() {
    if (waiter_ != nullptr) [[unlikely]]
      stop_waiting(*waiter_);
  }

  // As PooledFrame; with a watch in front where the allocator verifies.
  [[nodiscard]] FRAMEALLOC_ASYNC_INLINE static void* operator new(std::size_t size) noexcept {
    const CurrentPool& current = this_thread.current;
    return current.set ? make(current.pool, size) : system_frame(size);
  }
  template <class... A>
  [[nodiscard]] FRAMEALLOC_ASYNC_INLINE static void* operator new(std::size_t size,
                                                                  std::allocator_arg_t,
                                                                  const SmartAlloc& alloc,
                                                                  A&&...) noexcept {
    return make(pool_of(alloc), size);
  }
  template <class This, class... A>
  [[nodiscard]] FRAMEALLOC_ASYNC_INLINE static void* operator new(std::size_t size, This&&,
                                                                  std::allocator_arg_t,
                                                                  const SmartAlloc& alloc,
                                                                  A&&...) noexcept {
    return make(pool_of(alloc), size);
  }
  FRAMEALLOC_ASYNC_INLINE static void operator delete(void* frame, std::size_t size) noexcept {
    if (header_of(frame)->pool.mark() != 0) [[unlikely]]
      return delete_watched_frame(frame, size);
    delete_frame(frame, size);
  }

  struct Begin {
    TaskPromise& promise;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void await_resume() const noexcept { promise.enter(CallSite{}); }
  };
  [[nodiscard]] Begin initial_suspend() noexcept { return {*this}; }

  struct End {
    TaskPromise& promise;
    // A detached task ends itself.
    [[nodiscard]] bool await_ready() const noexcept { return promise.detached_; }
    [[nodiscard]] std::coroutine_handle<> await_suspend(std::coroutine_handle<>) const noexcept {
      return promise.go_on();
    }
    void await_resume() const noexcept {}
  };
  [[nodiscard]] End final_suspend() noexcept {
    leave();
    return {*this};
  }
  void unhandled_exception() noexcept {
    if (detached_) std::terminate();  // as an exception that leaves a thread
    exception_ = std::current_exception();
  }

  // Everything that a task awaits goes through here.
  template <class A>
  [[nodiscard]] auto await_transform(A&& awaitable, CallSite site = CallSite::current());

  void enter(const CallSite& resumed_at) noexcept {
    if (watch_ != nullptr) [[unlikely]]
      watch_->enter(resumed_at);
  }
  void leave() noexcept {
    if (watch_ != nullptr) [[unlikely]]
      watch_->leave();
  }

  // Effect: destroys the outermost of the tasks that wait for this one, and with it all of them, if
  // nobody owns it. Result: whether it did. Requirement: they are suspended.
  bool destroy_if_detached() noexcept {
    TaskPromise* outermost = this;
    while (outermost->waiter_ != nullptr && outermost->waiter_->parent_ != nullptr) {
      outermost = outermost->waiter_->parent_;
    }
    if (!outermost->detached_) return false;
    outermost->self_.destroy();
    return true;
  }

 protected:
  void rethrow() {
#if FRAMEALLOC_EXCEPTIONS
    if (exception_ != nullptr) std::rethrow_exception(std::exchange(exception_, nullptr));
#endif
  }
  void set_self(std::coroutine_handle<> self) noexcept { self_ = self; }

 private:
  template <class T>
  friend class TaskHandle;
  friend class TaskWait;

  static void stop_waiting(TaskWait& wait) noexcept {
    std::exchange(wait.task_, nullptr)->waiter_ = nullptr;
    if (wait.parent_ != nullptr) wait.parent_->awaits_ = nullptr;
  }
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE static void* make(const PoolRef& pool,
                                                           std::size_t size) noexcept {
    return pool.mark() != 0 ? new_watched_frame(pool, size) : new_frame(pool, size);
  }
  // Result: what runs when this task has ended.
  [[nodiscard]] std::coroutine_handle<> go_on() noexcept {
    if (waiter_ == nullptr) return std::noop_coroutine();
    const std::coroutine_handle<> waiting = waiter_->coroutine_;
    stop_waiting(*waiter_);
    if (starting != nullptr && starting->task == this) {
      starting->done = true;
      return std::noop_coroutine();
    }
    return waiting;
  }

  FrameWatch* watch_;
  std::coroutine_handle<> self_;
  TaskWait* waiter_ = nullptr;
  TaskPromise* awaits_ = nullptr;
  bool started_ = false;
  bool detached_ = false;
  std::exception_ptr exception_;
};

inline TaskWait::~TaskWait() {
  if (task_ != nullptr) [[unlikely]]
    TaskPromise::stop_waiting(*this);
}

template <class A>
[[nodiscard]] decltype(auto) awaiter_of(A&& awaitable) {
  if constexpr (requires { std::forward<A>(awaitable).operator co_await(); }) {
    return std::forward<A>(awaitable).operator co_await();
  } else if constexpr (requires { operator co_await(std::forward<A>(awaitable)); }) {
    return operator co_await(std::forward<A>(awaitable));
  } else {
    return std::forward<A>(awaitable);
  }
}

// Forwards to an awaiter, and tells the task's watch when the task stops and goes on.
template <class Awaiter>
class WatchedAwaiter {
 public:
  template <class A>
  WatchedAwaiter(TaskPromise& promise, A&& awaitable, const CallSite& site)
      : promise_(promise), awaiter_(awaiter_of(std::forward<A>(awaitable))), site_(site) {}

  [[nodiscard]] bool await_ready() { return static_cast<bool>(awaiter_.await_ready()); }
  template <class Promise>
  auto await_suspend(std::coroutine_handle<Promise> task) {
    promise_.leave();
    return awaiter_.await_suspend(task);
  }
  decltype(auto) await_resume() {
    promise_.enter(site_);
    return awaiter_.await_resume();
  }

 private:
  TaskPromise& promise_;
  Awaiter awaiter_;  // a value, or a reference to what the co_await expression keeps alive
  CallSite site_;
};

template <class A>
auto TaskPromise::await_transform(A&& awaitable, CallSite site) {
  // What is itself its awaiter stays where it is: the expression keeps it until it is resumed.
  using Awaiter = decltype(awaiter_of(std::forward<A>(awaitable)));
  return WatchedAwaiter<Awaiter>(*this, std::forward<A>(awaitable), site);
}

}  // namespace framealloc::async::detail
