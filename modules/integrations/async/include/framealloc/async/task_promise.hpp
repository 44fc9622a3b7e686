// SPDX-License-Identifier: MIT OR Apache-2.0
// What the promises of all Tasks share: the chain of tasks that await each other, and the watch over
// frame memory.
#pragma once

#include <framealloc/async/frame_watch.hpp>
#include <framealloc/async/pooled_frame.hpp>

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
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
  // Result: whether the task was destroyed while it was awaited.
  [[nodiscard]] bool lost_its_task() const noexcept { return lost_; }

 private:
  friend class TaskPromise;
  template <class T>
  friend class TaskHandle;
  TaskPromise* task_ = nullptr;  // null: it does not wait
  std::coroutine_handle<> coroutine_;
  TaskPromise* parent_ = nullptr;  // of that coroutine, if it is a task's
  bool lost_ = false;
};

// Where a task has been started from the await_suspend() of who awaits it. Tasks that it awaits,
// and it again when they have ended, are resumed from there in turn, as long as none of them waits
// for something else: loops over tasks, and tasks that await each other at any depth, need no stack,
// also where the compiler makes no tail calls.
struct TaskStart {
  const TaskPromise* first;
  const TaskPromise* running;  // what was resumed from here last; null once it waits elsewhere
  TaskStart* outer;
  std::coroutine_handle<> next = {};
  bool done = false;  // the first has ended
};
inline constinit thread_local TaskStart* starting = nullptr;

class TaskPromise {
 public:
  TaskPromise() noexcept : watch_(std::exchange(fresh_watch, nullptr)) {}
  TaskPromise(const TaskPromise&) = delete;
  TaskPromise& operator=(const TaskPromise&) = delete;
  // A waiting task stays suspended.
  ~TaskPromise() {
    if ((flags_ & (kAwaited | kThrew)) != 0) [[unlikely]]
      end();
  }

  // As PooledFrame; with a watch in front where the allocator verifies.
  [[nodiscard]] FRAMEALLOC_ASYNC_INLINE static void* operator new(std::size_t size) noexcept {
    return make(this_thread.current, size);
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
    if (header_of(frame)->pool.mark() != kPool) [[unlikely]]
      return delete_other_frame(frame, size);
    delete_frame(frame, size);
  }

  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }

  struct End {
    TaskPromise& promise;
    // A detached task ends itself.
    [[nodiscard]] bool await_ready() const noexcept { return (promise.flags_ & kDetached) != 0; }
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
    if ((flags_ & kDetached) != 0) std::terminate();  // as an exception that leaves a thread
    ::new (static_cast<void*>(std::addressof(exception_)))
        std::exception_ptr(std::current_exception());
    flags_ |= kThrew;
  }

  // Everything that a task awaits goes through here.
  template <class A>
  [[nodiscard]] auto await_transform(A&& awaitable, CallSite site = CallSite::current());

  // Effect: the caller resumes the task for the first time.
  void begin() noexcept {
    flags_ |= kStarted;
    if (watch_ != nullptr) [[unlikely]]
      enter_first();
  }
  void enter(const CallSite& resumed_at) noexcept {
    if (watch_ != nullptr) [[unlikely]]
      watch_->enter(resumed_at);
  }
  void leave() noexcept {
    if (watch_ != nullptr) [[unlikely]]
      watch_->leave();
  }
  // Effect: whoever resumes the task next, it is not the TaskStart that it runs from now. Not
  // inlined: a coroutine goes on on other threads, and must not keep the address of a thread's
  // variable.
  FRAMEALLOC_NOINLINE void stop_running() const noexcept {
    if (starting != nullptr && starting->running == this) starting->running = nullptr;
  }

  // Effect: destroys the outermost of the tasks that wait for this one, and with it all of them, if
  // nobody owns it. Result: whether it did. Requirement: they are suspended.
  bool destroy_if_detached() noexcept {
    TaskPromise* outermost = this;
    while ((outermost->flags_ & kAwaited) != 0 && outermost->waiter_->parent_ != nullptr) {
      outermost = outermost->waiter_->parent_;
    }
    if ((outermost->flags_ & kDetached) == 0) return false;
    outermost->self_.destroy();
    return true;
  }

 protected:
  void rethrow() {
#if FRAMEALLOC_EXCEPTIONS
    if ((flags_ & kThrew) != 0) [[unlikely]] {
      const std::exception_ptr exception = std::move(exception_);
      forget_exception();
      std::rethrow_exception(exception);
    }
#endif
  }
  void set_self(std::coroutine_handle<> self) noexcept { self_ = self; }

 private:
  template <class T>
  friend class TaskHandle;
  friend class TaskWait;

  static void stop_waiting(TaskWait& wait) noexcept {
    std::exchange(wait.task_, nullptr)->flags_ &= static_cast<std::uint8_t>(~kAwaited);
    if (wait.parent_ != nullptr) wait.parent_->awaits_ = nullptr;
  }
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE static void* make(const PoolRef& pool,
                                                           std::size_t size) noexcept {
    return pool.mark() == kPool ? new_frame(pool, size) : new_other_frame(pool, size);
  }
  FRAMEALLOC_COLD void enter_first() noexcept;
  FRAMEALLOC_COLD void end() noexcept;
  void forget_exception() noexcept {
    std::destroy_at(std::addressof(exception_));
    flags_ &= static_cast<std::uint8_t>(~kThrew);
  }
  // Result: what runs when this task has ended.
  [[nodiscard]] std::coroutine_handle<> go_on() noexcept {
    if ((flags_ & kAwaited) == 0) return std::noop_coroutine();
    const std::coroutine_handle<> waiting = waiter_->coroutine_;
    const TaskPromise* const parent = waiter_->parent_;
    stop_waiting(*waiter_);
    if (starting == nullptr || starting->running != this) return waiting;
    if (starting->first == this) {
      starting->done = true;
    } else {
      starting->next = waiting;
      starting->running = parent;
    }
    return std::noop_coroutine();
  }

  FrameWatch* watch_;
  std::coroutine_handle<> self_;
  TaskPromise* awaits_ = nullptr;
  // In one byte, so that the end of a task is one test: no waiter, and nothing was thrown.
  static constexpr std::uint8_t kStarted = 1;
  static constexpr std::uint8_t kDetached = 2;
  static constexpr std::uint8_t kAwaited = 4;  // then there is a waiter_
  static constexpr std::uint8_t kThrew = 8;    // then there is an exception_
  std::uint8_t flags_ = 0;
  TaskWait* waiter_;
  union {
    std::exception_ptr exception_;
  };
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

template <class T>
class TaskAwaiter;
template <class Awaiter>
inline constexpr bool kAwaitsTask = false;
template <class T>
inline constexpr bool kAwaitsTask<TaskAwaiter<T>> = true;

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
    if constexpr (!kAwaitsTask<Awaiter>) promise_.stop_running();
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
