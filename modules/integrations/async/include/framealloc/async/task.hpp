// SPDX-License-Identifier: MIT OR Apache-2.0
// A coroutine that yields one value, and starting one without waiting for it.
#pragma once

#include <framealloc/async/task_promise.hpp>

#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace framealloc::async {

template <class T>
class Task;

namespace detail {

[[noreturn]] FRAMEALLOC_COLD void no_result(const char* why) noexcept;

template <class T>
class TaskPromiseOf final : public TaskPromise {
 public:
  [[nodiscard]] Task<T> get_return_object() noexcept;
  [[nodiscard]] static Task<T> get_return_object_on_allocation_failure() noexcept;
  template <class U = T>  // so that co_return takes braces
    requires std::is_constructible_v<T, U&&>
  void return_value(U&& value) noexcept(std::is_nothrow_constructible_v<T, U&&>) {
    if constexpr (std::is_reference_v<T>) {
      value_ = std::addressof(value);
    } else {
      value_.emplace(std::forward<U>(value));
    }
  }
  [[nodiscard]] T take() {
    this->rethrow();
    if (!value_) no_result("the task has no result: it is not done, or its result was taken");
    if constexpr (std::is_reference_v<T>) {
      return static_cast<T>(*value_);
    } else {
      T result = std::move(*value_);
      value_.reset();
      return result;
    }
  }

 private:
  using Stored =
      std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*, std::optional<T>>;
  Stored value_{};
};

template <>
class TaskPromiseOf<void> final : public TaskPromise {
 public:
  [[nodiscard]] Task<void> get_return_object() noexcept;
  [[nodiscard]] static Task<void> get_return_object_on_allocation_failure() noexcept;
  void return_void() const noexcept {}
  void take() { this->rethrow(); }
};

// Owns a task's coroutine; what Task and the awaiter of a Task do with it.
template <class T>
class TaskHandle {
 public:
  using Promise = TaskPromiseOf<T>;
  TaskHandle() noexcept = default;
  explicit TaskHandle(std::coroutine_handle<Promise> coroutine) noexcept : coroutine_(coroutine) {}
  TaskHandle(TaskHandle&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  TaskHandle& operator=(TaskHandle&& other) noexcept {
    if (this != &other) {
      destroy();
      coroutine_ = std::exchange(other.coroutine_, {});
    }
    return *this;
  }
  ~TaskHandle() { destroy(); }

  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(coroutine_); }
  [[nodiscard]] bool done() const noexcept { return !coroutine_ || coroutine_.done(); }
  [[nodiscard]] Promise& promise() const noexcept { return coroutine_.promise(); }
  void resume() {
    TaskPromise* task = &promise();
    if (!started()) [[likely]] {
      task->begin();
      return coroutine_.resume();
    }
    while (task->awaits_ != nullptr) task = task->awaits_;
    task->self_.resume();
  }
  void detach() noexcept {
    std::exchange(coroutine_, {}).promise().flags_ |= TaskPromise::kDetached;
  }
  [[nodiscard]] bool started() const noexcept {
    return (promise().flags_ & TaskPromise::kStarted) != 0;
  }

  // Effect: starts the task, which resumes `by` when it has ended. Result: false when it has ended
  // already. What this object and `wait` lie in may be gone when it returns true.
  template <class By>
  [[nodiscard]] FRAMEALLOC_NOINLINE bool start(TaskWait& wait, std::coroutine_handle<By> by) {
    TaskPromise& task = promise();
    wait.task_ = &task;
    wait.coroutine_ = by;
    const TaskPromise* parent = nullptr;
    if constexpr (std::is_base_of_v<TaskPromise, By>) {
      parent = wait.parent_ = &by.promise();
      wait.parent_->awaits_ = &task;
    }
    task.waiter_ = &wait;
    task.flags_ |= TaskPromise::kAwaited;
    // A task that was begun by hand goes on by itself; here one only waits for its end.
    if (started()) {
      if (parent != nullptr) parent->stop_running();
      return true;
    }
    task.begin();
    if (TaskStart* const from = starting;
        from != nullptr && parent != nullptr && from->running == parent) {
      from->running = &task;
      from->next = coroutine_;
      return true;
    }
    TaskStart start{&task, &task, starting};
    starting = &start;
    coroutine_.resume();
    while (start.next) std::exchange(start.next, nullptr).resume();
    starting = start.outer;
    return !start.done;
  }

 private:
  void destroy() noexcept {
    if (coroutine_) coroutine_.destroy();
  }
  std::coroutine_handle<Promise> coroutine_;
};

template <class T>
class TaskAwaiter : TaskWait {
 public:
  explicit TaskAwaiter(TaskHandle<T>& task) noexcept : task_(task) {}
  [[nodiscard]] bool await_ready() const noexcept { return task_.done(); }
  template <class By>
  [[nodiscard]] bool await_suspend(std::coroutine_handle<By> by) {
    return task_.start(*this, by);
  }
  T await_resume() {
    if (!lost_its_task() && task_) [[likely]]
      return task_.promise().take();
    if constexpr (std::is_void_v<T>) {
      return;
    } else if constexpr (std::is_default_constructible_v<T>) {
      return T();
    } else {
      no_result("an empty task was awaited whose result has no default constructor");
    }
  }

 private:
  TaskHandle<T>& task_;
};

}  // namespace detail

/// A coroutine, lazily started: it runs when it is awaited, spawned, or resumed by hand, and is
/// destroyed with its Task. Its frame is in a pool, as PooledFrame says; if that is denied, which
/// is reported, the Task is empty. Move-only.
///
/// An exception that leaves the coroutine is thrown again where it is awaited or its result taken.
/// Awaiting an empty Task gives T(): ask `if (task)` where that matters. Thread contract: one
/// thread at a time. It goes on running on the thread that resumes it: that of the release(),
/// send(), pump() or Asio handler it waited for. Requirement: nothing resumes it while its Task is
/// destroyed, and who waits in an awaitable is resumed by that alone.
template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromiseOf<T>;

  Task() noexcept = default;

  /// Effect: starts the coroutine, or lets the innermost of the tasks it awaits go on, until it
  /// suspends again. Nothing happens when it is done or empty.
  void resume() {
    if (!task_.done()) task_.resume();
  }
  /// Result: whether it has run to its end; true for an empty one.
  [[nodiscard]] bool done() const noexcept { return task_.done(); }
  /// Result: what the coroutine returned, moved out, or the exception that left it. Requirement:
  /// done, not empty, and asked once; anything else ends the program, saying so.
  T result() {
    if (!task_) detail::no_result("result() of an empty task");
    if (!task_.done()) detail::no_result("result() of a task that is not done");
    return task_.promise().take();
  }
  /// Result: whether there is a coroutine.
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(task_); }

  [[nodiscard]] auto operator co_await() & noexcept { return detail::TaskAwaiter<T>(task_); }
  [[nodiscard]] auto operator co_await() && noexcept { return detail::TaskAwaiter<T>(task_); }

 private:
  friend promise_type;
  template <class U>
  friend void spawn(const SmartAlloc& alloc, Task<U> task);
  explicit Task(std::coroutine_handle<promise_type> coroutine) noexcept : task_(coroutine) {}
  detail::TaskHandle<T> task_;
};

/// Effect: starts the task, with an AllocatorScope of `alloc`, and lets it run to its end by
/// itself; its result is dropped, and an exception that leaves it ends the program. A task that was
/// begun by hand already is only let go. Nothing happens with an empty one. If the awaitable that
/// it waits in ends (FrameScheduler, an io_context), the task is destroyed with it.
template <class T>
void spawn(const SmartAlloc& alloc, Task<T> task) {
  if (!task.task_ || task.task_.done()) return;
  const std::coroutine_handle<> coroutine =
      std::coroutine_handle<detail::TaskPromiseOf<T>>::from_promise(task.task_.promise());
  detail::TaskPromise& begun_promise = task.task_.promise();
  const bool started = task.task_.started();
  detail::TaskHandle<T> begun = std::move(task.task_);
  begun.detach();
  if (started) return;
  begun_promise.begin();
  const AllocatorScope scope(alloc);
  coroutine.resume();
}

namespace detail {

template <class T>
Task<T> TaskPromiseOf<T>::get_return_object() noexcept {
  const auto self = std::coroutine_handle<TaskPromiseOf>::from_promise(*this);
  this->set_self(self);
  return Task<T>(self);
}
template <class T>
Task<T> TaskPromiseOf<T>::get_return_object_on_allocation_failure() noexcept {
  return {};
}
inline Task<void> TaskPromiseOf<void>::get_return_object() noexcept {
  const auto self = std::coroutine_handle<TaskPromiseOf>::from_promise(*this);
  this->set_self(self);
  return Task<void>(self);
}
inline Task<void> TaskPromiseOf<void>::get_return_object_on_allocation_failure() noexcept {
  return {};
}

}  // namespace detail
}  // namespace framealloc::async
