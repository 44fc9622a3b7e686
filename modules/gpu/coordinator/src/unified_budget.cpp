// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/coordinator/unified_budget.hpp>

namespace framealloc::coordinator {

bool UnifiedBudgetManager::Meter::charge(std::size_t bytes, std::size_t& now) noexcept {
  std::size_t used = used_.load(std::memory_order_relaxed);
  do {
    const std::size_t most = most_allowed();
    if (bytes > most || used > most - bytes) return false;
    now = used + bytes;
  } while (!used_.compare_exchange_weak(used, now, std::memory_order_relaxed));
  return true;
}

bool UnifiedBudgetManager::Meter::grants(std::size_t bytes) const noexcept {
  const std::size_t most = most_allowed();
  return bytes <= most && used() <= most - bytes;
}

double UnifiedBudgetManager::Meter::utilization() const noexcept {
  const std::size_t most = limit();
  return most == 0 ? 0.0 : static_cast<double>(used()) / static_cast<double>(most);
}

UnifiedBudgetManager::UnifiedBudgetManager(const UnifiedLimits& limits,
                                           MemorySource* upstream) noexcept
    : source_(*this, upstream == nullptr ? system_source() : *upstream), guard_(*this) {
  set_limits(limits);
}

// Asks before it charges, so that a request that the common limit denies seldom takes the room of
// another one on its own side for a moment.
bool UnifiedBudgetManager::charge(Meter& side, std::size_t bytes) noexcept {
  std::size_t now = 0;
  bool granted = combined_.grants(bytes) && side.charge(bytes, now);
  if (granted && !combined_.charge(bytes, now)) {
    side.release(bytes);
    granted = false;
  }
  if (!granted) {
    denials_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  std::size_t most = peak_.load(std::memory_order_relaxed);
  while (most < now && !peak_.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
  }
  return true;
}

void UnifiedBudgetManager::release(Meter& side, std::size_t bytes) noexcept {
  combined_.release(bytes);
  side.release(bytes);
}

bool UnifiedBudgetManager::check_cpu_budget(std::size_t bytes) const noexcept {
  return cpu_.grants(bytes) && combined_.grants(bytes);
}
bool UnifiedBudgetManager::check_gpu_budget(std::size_t bytes) const noexcept {
  return gpu_.grants(bytes) && combined_.grants(bytes);
}
bool UnifiedBudgetManager::check_combined_budget(std::size_t bytes) const noexcept {
  return combined_.grants(bytes);
}
std::size_t UnifiedBudgetManager::cpu_usage() const noexcept { return cpu_.used(); }
std::size_t UnifiedBudgetManager::gpu_usage() const noexcept { return gpu_.used(); }
std::size_t UnifiedBudgetManager::peak_combined_usage() const noexcept {
  return peak_.load(std::memory_order_relaxed);
}
double UnifiedBudgetManager::cpu_utilization() const noexcept { return cpu_.utilization(); }
double UnifiedBudgetManager::gpu_utilization() const noexcept { return gpu_.utilization(); }
double UnifiedBudgetManager::combined_utilization() const noexcept {
  return combined_.utilization();
}
std::uint64_t UnifiedBudgetManager::denials() const noexcept {
  return denials_.load(std::memory_order_relaxed);
}
UnifiedLimits UnifiedBudgetManager::limits() const noexcept {
  return {cpu_.limit(), gpu_.limit(), combined_.limit()};
}
void UnifiedBudgetManager::set_limits(const UnifiedLimits& limits) noexcept {
  cpu_.set_limit(limits.cpu);
  gpu_.set_limit(limits.gpu);
  combined_.set_limit(limits.combined);
}

void* UnifiedBudgetManager::Source::allocate(std::size_t bytes, std::size_t alignment) noexcept {
  if (!budget_.charge(budget_.cpu_, bytes)) return nullptr;
  void* const address = upstream_.allocate(bytes, alignment);
  if (address == nullptr) budget_.release(budget_.cpu_, bytes);
  return address;
}
void UnifiedBudgetManager::Source::deallocate(void* address, std::size_t bytes,
                                              std::size_t alignment) noexcept {
  upstream_.deallocate(address, bytes, alignment);
  budget_.release(budget_.cpu_, bytes);
}
bool UnifiedBudgetManager::Source::discard(void* address, std::size_t bytes) noexcept {
  return upstream_.discard(address, bytes);
}
bool UnifiedBudgetManager::Source::protect(void* address, std::size_t bytes,
                                           bool accessible) noexcept {
  return upstream_.protect(address, bytes, accessible);
}

bool UnifiedBudgetManager::Guard::charge(std::size_t bytes) noexcept {
  return budget_.charge(budget_.gpu_, bytes);
}
void UnifiedBudgetManager::Guard::release(std::size_t bytes) noexcept {
  budget_.release(budget_.gpu_, bytes);
}

}  // namespace framealloc::coordinator
