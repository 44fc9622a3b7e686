// SPDX-License-Identifier: MIT OR Apache-2.0
// The most that was held, or handed out, at once.
#pragma once

#include <atomic>
#include <cstddef>

namespace framealloc::gpu::detail {

// Bytes. Noted where memory is taken or handed out; slices of a ring when the ring is looked at: when its
// thread takes a page, when somebody asks for figures, and when the frame ends. Thread contract: any
// thread.
class UsagePeak {
 public:
  void note(std::size_t in_use) noexcept {
    std::size_t peak = peak_.load(std::memory_order_relaxed);
    while (peak < in_use && !peak_.compare_exchange_weak(peak, in_use, std::memory_order_relaxed)) {
    }
  }
  [[nodiscard]] std::size_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> peak_{0};
};

}  // namespace framealloc::gpu::detail
