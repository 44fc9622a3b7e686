// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/async/task.hpp>

namespace framealloc::async::detail {

void TaskPromise::enter_first() noexcept { watch_->enter(CallSite{}); }

void TaskPromise::end() noexcept {
  if ((flags_ & kAwaited) != 0) {
    waiter_->lost_ = true;
    stop_waiting(*waiter_);
  }
  if ((flags_ & kThrew) != 0) forget_exception();
}

void no_result(const char* why) noexcept {
  std::fprintf(stderr, "framealloc: %s; ask done() and operator bool first\n", why);
  std::abort();
}

}  // namespace framealloc::async::detail
