// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/account/budget.hpp>

#include <algorithm>

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

std::size_t Budget::take(std::size_t need, std::size_t want) noexcept {
  want = std::max(need, want);
  std::size_t word = used_.load(std::memory_order_relaxed);
  for (;;) {
    const std::size_t used = word & kUsedMask;
    const std::size_t hard = this->hard();
    // Without a limit the counter's own range is one, so that no request can wrap it around.
    const std::size_t limit = hard != 0 ? std::min(hard, kUsedMask) : kUsedMask;
    const std::size_t grant = std::min(want, used < limit ? limit - used : 0);
    if (grant < need || grant == 0) return 0;
    if (used_.compare_exchange_weak(word, word + grant, std::memory_order_relaxed)) {
      raise_peak(used + grant);
      return grant;
    }
  }
}

std::size_t Budget::charge(std::size_t need, std::size_t want) noexcept {
  const std::size_t grant = take(need, want);
  if (grant == 0 && need != 0) count_denial();
  return grant;
}

std::size_t Budget::uncharge(std::size_t bytes) noexcept {
  std::size_t word = used_.load(std::memory_order_relaxed);
  std::size_t used = 0;
  std::size_t after = 0;
  do {
    used = word & kUsedMask;
    // Had a caller's fault wrapped the counter, the budget would deny for ever.
    after = used - std::min(bytes, used);
    if (after > soft()) after |= word & kSoftAnnounced;
  } while (!used_.compare_exchange_weak(word, after, std::memory_order_relaxed));
  return bytes - std::min(bytes, used);
}

void Budget::set_limits(std::size_t soft, std::size_t hard) noexcept {
  soft_.store(soft, std::memory_order_relaxed);
  hard_.store(hard, std::memory_order_relaxed);
  // Whoever is above the new soft limit hears of it at the next charge.
  used_.fetch_and(kUsedMask, std::memory_order_relaxed);
}

std::size_t Budget::remaining() const noexcept {
  const std::size_t hard = this->hard();
  const std::size_t used = this->used();
  if (hard == 0) return SIZE_MAX;
  return used < hard ? hard - used : 0;
}

void Budget::reset_statistics() noexcept {
  peak_.store(used(), std::memory_order_relaxed);
  announced_peak_.store(used(), std::memory_order_relaxed);
  denials_.store(0, std::memory_order_relaxed);
}

void Budget::raise_peak(std::size_t used) noexcept {
  std::size_t peak = peak_.load(std::memory_order_relaxed);
  while (peak < used && !peak_.compare_exchange_weak(peak, used, std::memory_order_relaxed)) {
  }
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
