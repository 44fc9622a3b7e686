// SPDX-License-Identifier: MIT OR Apache-2.0
// Lets readers see several fields of one writer as of one moment, without ever delaying the writer.
#pragma once

#include <framealloc/compiler.hpp>

#include <atomic>
#include <cstdint>

namespace framealloc::detail {

// A sequence lock's count: odd while the writer changes the fields, which are themselves relaxed
// atomics. One writer at a time; any number of readers, which retry.
class SequenceCount {
 public:
  void begin_write() noexcept {
#if FRAMEALLOC_TSAN  // ThreadSanitizer does not know fences
    count_.fetch_add(1, std::memory_order_acq_rel);
#else
    count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
#endif
  }
  void end_write() noexcept {
    count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  [[nodiscard]] std::uint32_t begin_read() const noexcept {
    return count_.load(std::memory_order_acquire);
  }
  // Result: whether what was read since begin_read() may be torn.
  [[nodiscard]] bool retry_read(std::uint32_t begun) const noexcept {
#if FRAMEALLOC_TSAN
    return (begun & 1) != 0 || count_.fetch_add(0, std::memory_order_acq_rel) != begun;
#else
    std::atomic_thread_fence(std::memory_order_acquire);
    return (begun & 1) != 0 || count_.load(std::memory_order_relaxed) != begun;
#endif
  }

 private:
  mutable std::atomic<std::uint32_t> count_{0};
};

}  // namespace framealloc::detail
