// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/async/waiter.hpp>

namespace framealloc::async::detail {
namespace {

constinit thread_local RunQueue ready;
constinit thread_local bool resuming = false;

}  // namespace

Waiter::~Waiter() {
  if (queue_ != nullptr) {
    // It was to be resumed, and a coroutine that went before it has destroyed its own.
    queue_->remove(*this);
    if (list_ != nullptr) list_->lock_.take_back(list_->lock_.giver);
  } else if (list_ != nullptr) {
    list_->lock_.leave(list_->lock_.owner, *list_, *this);
  }
}

void RunQueue::run() {
  RunQueue& mine = ready;
  while (Waiter* const waiter = pop()) mine.push(*waiter);  // with its gift
  if (resuming) return;
  // A coroutine of the program's own kind may throw out of resume(); the rest waits for the next.
  struct Resuming {
    Resuming() noexcept { resuming = true; }
    ~Resuming() { resuming = false; }
    Resuming(const Resuming&) = delete;
    Resuming& operator=(const Resuming&) = delete;
  } const now;
  while (Waiter* const waiter = mine.pop()) {
    waiter->list_ = nullptr;
    const std::coroutine_handle<> coroutine = waiter->coroutine_;
    const AllocatorScope scope(waiter->pool_);
    coroutine.resume();
  }
}

void RunQueue::forget(const WaitList& giver) noexcept {
  for (Waiter* waiter = ready.first_; waiter != nullptr; waiter = waiter->next_) {
    if (waiter->list_ == &giver) waiter->list_ = nullptr;
  }
}

void RunQueue::abandon() noexcept {
  while (Waiter* const waiter = pop()) {
    if (waiter->task_ != nullptr) (void)waiter->task_->destroy_if_detached();
  }
}

}  // namespace framealloc::async::detail
