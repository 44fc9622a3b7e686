// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/asio/operation.hpp>

#include <asio/detail/thread_context.hpp>
#include <asio/detail/thread_info_base.hpp>

#include <exception>

namespace framealloc::asio::detail {
namespace {

constinit thread_local Starting* this_thread_starts = nullptr;

// Result: whether `starting`, which may be long gone, is this thread's and of that wait.
[[nodiscard]] bool is_started_here(const OperationWait& wait, const Starting* starting) noexcept {
  for (const Starting* each = this_thread_starts; each != nullptr; each = each->outer) {
    if (each == starting) return each->wait == &wait;
  }
  return false;
}

// Result: whether an exception is on its way out of a handler, through a context that goes on.
[[nodiscard]] bool is_thrown_through_run() noexcept {
  return std::uncaught_exceptions() > 0 &&
         ::asio::detail::thread_context::top_of_thread_call_stack() != nullptr;
}

}  // namespace

OperationWait::StartScope::StartScope(OperationWait& wait) noexcept
    : starting_{&wait, this_thread_starts} {
  wait.starting_ = this_thread_starts = &starting_;
}
OperationWait::StartScope::~StartScope() { this_thread_starts = starting_.outer; }

OperationWait::~OperationWait() {
  if (handler_ != nullptr) handler_->wait_ = nullptr;
}

void OperationWait::go_on(Ending ending) {
  ending_ = ending;
  if (is_started_here(*this, starting_)) {
    starting_->over = true;
    return;
  }
  const async::AllocatorScope scope(pool_);
  coroutine_.resume();
}

HandlerLink::HandlerLink(OperationWait& wait) noexcept
    : alloc_(std::move(wait.alloc_)), pool_(alloc_), wait_(&wait) {
  wait.handler_ = this;
}

void HandlerLink::drop() noexcept {
  OperationWait& wait = *take();
  if (is_started_here(wait, wait.starting_)) return wait.go_on(Ending::Dropped);
  if (is_thrown_through_run()) return wait.go_on(Ending::Denied);
  if (wait.task_ != nullptr) (void)wait.task_->destroy_if_detached();
}

}  // namespace framealloc::asio::detail
