// SPDX-License-Identifier: MIT OR Apache-2.0
// One allocator's access to its source: counts what is reserved and enforces the global limit.
#pragma once

#include <framealloc/detail/base/corruption_note.hpp>
#include <framealloc/detail/sync/cache_line.hpp>
#include <framealloc/source.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// Thread contract: any thread. The limit is on bytes reserved from the source, so nothing that the
// allocator holds escapes it; acquire() answers null before the limit would be passed.
class LimitedSource {
 public:
  // `limit` in bytes; 0 means none.
  LimitedSource(MemorySource& source, std::size_t limit) noexcept
      : source_(&source), limit_(limit) {}
  LimitedSource(const LimitedSource&) = delete;
  LimitedSource& operator=(const LimitedSource&) = delete;

  // Effect: counts bytes that were acquired before this object existed (its own home).
  void adopt(std::size_t bytes) noexcept;
  // Result: `bytes` bytes, or null; `*denied_by_limit` (if given) distinguishes a limit from an
  // exhausted source.
  [[nodiscard]] void* acquire(std::size_t bytes, std::size_t alignment,
                              bool* denied_by_limit = nullptr) noexcept;
  void release(void* address, std::size_t bytes, std::size_t alignment) noexcept;

  // Effect: from now on, each time the reserved bytes rise to `bytes` or above, notes that once,
  // until the note is taken; they must fall below in between. SIZE_MAX = never.
  // Requirement: nothing has been acquired yet.
  void watch_threshold(std::size_t bytes) noexcept { threshold_ = bytes; }
  [[nodiscard]] bool crossing_due() const noexcept {
    return crossing_due_.load(std::memory_order_relaxed);
  }
  // Result: true for one caller per crossing.
  [[nodiscard]] bool take_crossing() noexcept {
    return crossing_due_.exchange(false, std::memory_order_relaxed);
  }

  [[nodiscard]] std::size_t reserved() const noexcept {
    return reserved_.load(std::memory_order_relaxed) & kBytesMask;
  }
  [[nodiscard]] std::size_t peak_reserved() const noexcept {
    return peak_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
  // Result: bytes that acquire() could still give by the limit; SIZE_MAX when there is none.
  [[nodiscard]] std::size_t remaining() const noexcept;
  [[nodiscard]] MemorySource& source() const noexcept { return *source_; }
  // Here because everything that hands memory on has the source. Any thread.
  [[nodiscard]] CorruptionNote& corruption() noexcept { return corruption_; }

 private:
  // The flag "at or above the threshold" shares the word of the bytes: one exchange changes both,
  // so that no interleaving of a crossing and a return loses or doubles a note.
  static constexpr std::size_t kAbove = ~(SIZE_MAX >> 1);
  static constexpr std::size_t kBytesMask = SIZE_MAX >> 1;
  void raise_peak(std::size_t reserved) noexcept;
  void unbook(std::size_t bytes) noexcept;

  MemorySource* source_;
  std::size_t limit_;
  std::size_t threshold_ = SIZE_MAX;
  alignas(kCacheLine) std::atomic<std::size_t> reserved_{0};  // with kAbove
  std::atomic<std::size_t> peak_{0};
  std::atomic<bool> crossing_due_{false};
  CorruptionNote corruption_{};
};

}  // namespace framealloc::detail
