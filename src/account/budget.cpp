// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/budget.hpp>

namespace framealloc {

BudgetStatus TagBudget::status() const noexcept {
  if (hard_limit != 0 && current_usage >= hard_limit) return BudgetStatus::Exceeded;
  if (soft_limit != 0 && current_usage > soft_limit) return BudgetStatus::Warning;
  return BudgetStatus::Ok;
}

double TagBudget::usage_percent() const noexcept {
  if (hard_limit == 0) return 0.0;
  return 100.0 * static_cast<double>(current_usage) / static_cast<double>(hard_limit);
}

namespace detail {

std::size_t Budget::charge(std::size_t need, std::size_t want) noexcept {
  const std::size_t grant = take(need, want);
  if (grant == 0 && need != 0) count_denial();
  return grant;
}

void Budget::set_limits(std::size_t soft, std::size_t hard) noexcept {
  soft_.store(soft, std::memory_order_relaxed);
  hard_.store(hard, std::memory_order_relaxed);
  // A tag above the new soft limit is reported at its next charge.
  used_.fetch_and(kUsedMask, std::memory_order_relaxed);
}

void Budget::reset_statistics() noexcept {
  peak_.store(used(), std::memory_order_relaxed);
  announced_peak_.store(used(), std::memory_order_relaxed);
  denials_.store(0, std::memory_order_relaxed);
}

bool Budget::announce_soft() noexcept {
  std::size_t word = used_.load(std::memory_order_relaxed);
  for (;;) {
    const std::size_t limit = soft();
    if (limit == 0 || (word & kUsedMask) <= limit || (word & kSoftAnnounced) != 0) return false;
    if (used_.compare_exchange_weak(word, word | kSoftAnnounced, std::memory_order_relaxed)) {
      return true;
    }
  }
}

bool Budget::announce_peak() noexcept {
  std::size_t last = announced_peak_.load(std::memory_order_relaxed);
  for (;;) {
    const std::size_t peak = this->peak();
    if (peak <= last || peak - last < last / 8) return false;
    if (announced_peak_.compare_exchange_weak(last, peak, std::memory_order_relaxed)) return true;
  }
}

}  // namespace detail
}  // namespace framealloc
