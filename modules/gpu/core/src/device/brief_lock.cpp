// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/brief_lock.hpp"

namespace framealloc::gpu::detail {

void BriefLock::wait() noexcept {
  for (int spin = 0; spin < 100; ++spin) {
    std::uint32_t expected = kFree;
    if (state_.load(std::memory_order_relaxed) == kFree &&
        state_.compare_exchange_strong(expected, kTaken, std::memory_order_acquire,
                                       std::memory_order_relaxed))
      return;
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  }
  while (state_.exchange(kAwaited, std::memory_order_acquire) != kFree)
    state_.wait(kAwaited, std::memory_order_relaxed);
}

}  // namespace framealloc::gpu::detail
