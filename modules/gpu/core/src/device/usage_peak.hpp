// SPDX-License-Identifier: MIT OR Apache-2.0
// What is handed out now, and the most that ever was.
#pragma once

#include <atomic>
#include <cstddef>

namespace framealloc::gpu::detail {

// Bytes. Persistent ones are exact. Rings tell theirs when a thread takes a page and when a frame
// ends, so that a slice costs nothing; a reading of stats() makes the peak exact for its moment.
// Thread contract: any thread.
class alignas(128) UsagePeak {
 public:
  void add_persistent(std::size_t bytes) noexcept {
    note(persistent_.fetch_add(bytes, std::memory_order_relaxed) + bytes +
         transient_.load(std::memory_order_relaxed));
  }
  void drop_persistent(std::size_t bytes) noexcept {
    persistent_.fetch_sub(bytes, std::memory_order_relaxed);
  }
  // Effect: frame memory in use is now so much.
  void set_transient(std::size_t bytes) noexcept {
    transient_.store(bytes, std::memory_order_relaxed);
    note(persistent_.load(std::memory_order_relaxed) + bytes);
  }
  void note(std::size_t in_use) noexcept {
    std::size_t peak = peak_.load(std::memory_order_relaxed);
    while (peak < in_use && !peak_.compare_exchange_weak(peak, in_use, std::memory_order_relaxed)) {
    }
  }
  [[nodiscard]] std::size_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> persistent_{0}, transient_{0}, peak_{0};
};

}  // namespace framealloc::gpu::detail
