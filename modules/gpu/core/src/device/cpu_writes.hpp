// SPDX-License-Identifier: MIT OR Apache-2.0
// What the CPU may have written to a buffer whose memory is not coherent, and is not flushed yet.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>

namespace framealloc::gpu::detail {

// A span to write is of the whole buffer, so all of it counts as written until it is flushed. A
// program that flushes a part says by it what it has written: from then on, until the next span to
// write, nothing else is flushed to make room for what the GPU wrote. Thread contract: that of the
// buffer; for_copy() on any thread.
class CpuWrites {
 public:
  struct Range {
    std::size_t offset = 0, size = 0;
  };

  void reset() noexcept {
    pending_.store(false, std::memory_order_relaxed);
    out_.store(false, std::memory_order_relaxed);
    by_hand_ = earlier_ = false;
  }
  // Effect: a span to write is given out.
  void map(std::size_t size) noexcept {
    earlier_ = pending_.load(std::memory_order_relaxed) && !by_hand_;
    by_hand_ = false;
    from_.store(0, std::memory_order_relaxed);
    to_.store(size, std::memory_order_relaxed);
    out_.store(true, std::memory_order_relaxed);
    pending_.store(true, std::memory_order_relaxed);
  }
  // Result: what is to be flushed before an invalidate, which drops it from the cache else.
  [[nodiscard]] Range before_reading() noexcept {
    out_.store(false, std::memory_order_relaxed);
    const bool pending = pending_.exchange(false, std::memory_order_relaxed);
    return pending && !by_hand_ ? range() : Range();
  }
  // Effect: the program flushes a part itself. After all of it the span that is out is its own
  // business.
  void flush(std::size_t offset, std::size_t size) noexcept {
    if (size == 0) return;
    const std::size_t from = from_.load(std::memory_order_relaxed);
    const std::size_t to = to_.load(std::memory_order_relaxed);
    if (offset <= from) from_.store(std::max(from, offset + size), std::memory_order_relaxed);
    if (offset + size >= to) to_.store(std::min(to, offset), std::memory_order_relaxed);
    if (range().size == 0) return reset();
    by_hand_ = !earlier_;  // what an earlier span has left is not the program's to remember
  }
  // Result: what is to be flushed when the span is given back.
  [[nodiscard]] Range unmap() noexcept {
    // The span may have been written through again after a copy flushed it.
    const bool out = out_.exchange(false, std::memory_order_relaxed);
    return pending_.exchange(false, std::memory_order_relaxed) || out ? range() : Range();
  }
  // Result: what is to be flushed before a copy. A span that is still out to write through is flushed
  // for each copy that reads, since the CPU may have written again; what a copy writes over, the CPU
  // has to map again.
  [[nodiscard]] Range for_copy(bool writes_over) noexcept {
    const bool out = writes_over ? out_.exchange(false, std::memory_order_relaxed)
                                 : out_.load(std::memory_order_relaxed);
    return pending_.exchange(false, std::memory_order_relaxed) || out ? range() : Range();
  }

 private:
  [[nodiscard]] Range range() const noexcept {
    const std::size_t from = from_.load(std::memory_order_relaxed);
    const std::size_t to = to_.load(std::memory_order_relaxed);
    return from < to ? Range{from, to - from} : Range();
  }

  std::atomic<bool> pending_{false};  // something, since a flush of all
  std::atomic<bool> out_{false};      // a span to write: it may be written through again
  bool by_hand_ = false;              // the program has flushed a part of it
  bool earlier_ = false;              // when it was given out, something was pending
  std::atomic<std::size_t> from_{0}, to_{0};
};

}  // namespace framealloc::gpu::detail
