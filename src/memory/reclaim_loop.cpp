// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/memory/reclaim_loop.hpp>

#include <framealloc/detail/memory/pressure_monitor.hpp>

namespace framealloc::detail {

bool ReclaimLoop::more(std::size_t bytes, bool denied_by_limit) noexcept {
  if (next_ == Step::GiveBack) {
    next_ = Step::Tell;
    if (pressure_->give_back()) return true;
  }
  if (next_ == Step::Tell) {
    next_ = Step::Done;
    if (pressure_->relieve(bytes, denied_by_limit)) return true;
  }
  return false;
}

}  // namespace framealloc::detail
