// SPDX-License-Identifier: MIT OR Apache-2.0
// What the awaitables share: a suspended coroutine as a node in its own frame, lists of them, and
// resuming them without nesting.
#pragma once

#include <framealloc/async/pooled_frame.hpp>
#include <framealloc/async/task_promise.hpp>

#include <coroutine>
#include <cstddef>
#include <type_traits>

namespace framealloc::async::detail {

class WaitList;
class RunQueue;

// A coroutine that waits. Lies in the coroutine's frame, so that waiting allocates nothing. If the
// coroutine is destroyed, it leaves its list. Requirement: not while another thread resumes it.
class Waiter {
 public:
  Waiter() noexcept = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

 protected:
  ~Waiter();
  // Effect: remembers who waits, and under which pool it makes coroutines. Before it is listed.
  template <class Promise>
  void waits(std::coroutine_handle<Promise> coroutine) noexcept {
    coroutine_ = coroutine;
    pool_ = this_thread.current;
    if constexpr (std::is_base_of_v<TaskPromise, Promise>) task_ = &coroutine.promise();
  }
  void use_pool_if_none(const PoolRef& pool) noexcept {
    if (pool_.mark() == 0) pool_ = pool;
  }

 private:
  friend class WaitList;
  friend class RunQueue;
  std::coroutine_handle<> coroutine_;
  TaskPromise* task_ = nullptr;
  PoolRef pool_;  // without a mark: none
  Waiter* next_ = nullptr;
  Waiter* previous_ = nullptr;
  WaitList* list_ = nullptr;
  RunQueue* queue_ = nullptr;  // once it has been taken off the list; then list_ is the giver's
};

// What an awaitable does for a waiter whose coroutine is destroyed.
struct WaitLock {
  // Removes it from its list, under the lock of the awaitable.
  void (*leave)(void* owner, WaitList& list, Waiter& waiter) noexcept = nullptr;
  void* owner = nullptr;
  // Takes back what was given to one that has not gone on yet; see RunQueue::push_with_gift().
  void (*take_back)(void* giver) noexcept = nullptr;
  void* giver = nullptr;
};

// Thread contract: guarded by that lock.
class WaitList {
 public:
  explicit WaitList(WaitLock lock = {}) noexcept : lock_(lock) {}
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  void push(Waiter& waiter) noexcept {
    waiter.list_ = this;
    waiter.next_ = nullptr;
    waiter.previous_ = last_;
    (last_ == nullptr ? first_ : last_->next_) = &waiter;
    last_ = &waiter;
    ++size_;
  }
  void remove(Waiter& waiter) noexcept {
    (waiter.previous_ == nullptr ? first_ : waiter.previous_->next_) = waiter.next_;
    (waiter.next_ == nullptr ? last_ : waiter.next_->previous_) = waiter.previous_;
    waiter.next_ = waiter.previous_ = nullptr;
    waiter.list_ = nullptr;
    --size_;
  }
  // Result: the one that waits longest; null when there is none.
  [[nodiscard]] Waiter* pop() noexcept {
    Waiter* const waiter = first_;
    if (waiter != nullptr) remove(*waiter);
    return waiter;
  }
  [[nodiscard]] Waiter* first() const noexcept { return first_; }
  void guard_with(WaitLock lock) noexcept { lock_ = lock; }
  [[nodiscard]] static Waiter* next(const Waiter& waiter) noexcept { return waiter.next_; }
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  friend class Waiter;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
  std::size_t size_ = 0;
  WaitLock lock_;
};

// Waiters that have been taken off their list, in order. Thread contract: one thread.
class RunQueue {
 public:
  constexpr RunQueue() noexcept = default;
  RunQueue(const RunQueue&) = delete;
  RunQueue& operator=(const RunQueue&) = delete;
  void push(Waiter& waiter) noexcept {
    waiter.queue_ = this;
    waiter.next_ = nullptr;
    waiter.previous_ = last_;
    (last_ == nullptr ? first_ : last_->next_) = &waiter;
    last_ = &waiter;
  }
  // The same for one that was on `giver`, which takes the gift back if the coroutine is destroyed
  // before it goes on.
  void push_with_gift(Waiter& waiter, WaitList& giver) noexcept {
    push(waiter);
    waiter.list_ = &giver;
  }
  // Effect: those on this thread that `giver`, which ends, gave something to keep it.
  static void forget(const WaitList& giver) noexcept;
  [[nodiscard]] Waiter* pop() noexcept {
    Waiter* const waiter = first_;
    if (waiter != nullptr) remove(*waiter);
    return waiter;
  }
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  // Effect: resumes them. A thread that is resuming already, further out on its stack, goes on with
  // them there, so that a chain of coroutines that release each other needs no stack.
  // Requirement: no lock is held.
  void run();
  // Effect: destroys the detached tasks among them; the others stay suspended for their owners.
  void abandon() noexcept;

 private:
  friend class Waiter;
  void remove(Waiter& waiter) noexcept {
    (waiter.previous_ == nullptr ? first_ : waiter.previous_->next_) = waiter.next_;
    (waiter.next_ == nullptr ? last_ : waiter.next_->previous_) = waiter.previous_;
    waiter.next_ = waiter.previous_ = nullptr;
    waiter.queue_ = nullptr;
  }
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

}  // namespace framealloc::async::detail
