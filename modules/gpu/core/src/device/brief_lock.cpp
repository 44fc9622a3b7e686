// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/brief_lock.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace framealloc::gpu::detail {

void BriefLock::wait() noexcept {
  constexpr std::chrono::microseconds kShortest{20}, kLongest{200};
  for (std::chrono::microseconds sleep = kShortest;; sleep = std::min(sleep * 2, kLongest)) {
    for (int spin = 0; spin < 100; ++spin) {
      if (!is_taken_.load(std::memory_order_relaxed) &&
          !is_taken_.exchange(true, std::memory_order_acquire))
        return;
#if defined(__x86_64__) || defined(__i386__)
      __builtin_ia32_pause();
#endif
    }
    std::this_thread::sleep_for(sleep);
  }
}

}  // namespace framealloc::gpu::detail
