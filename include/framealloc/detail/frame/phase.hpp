// SPDX-License-Identifier: MIT OR Apache-2.0
// Phases of a frame: what physics, AI or rendering allocated, and how long they took.
#pragma once

#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/stats.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc::detail {

// A phase that is open on one thread.
struct OpenPhase {
  std::uint32_t id = 0;
  std::uint64_t start_ns = 0;
  std::uint64_t start_bytes = 0;  // frame bytes of the thread, ever
  std::uint64_t start_calls = 0;
};

// Totals of every phase name, all threads, in fixed storage. Thread contract: any thread; end of a
// phase costs a few relaxed additions, a new name a spin lock once.
class PhaseTable {
 public:
  static constexpr std::uint32_t kMaxPhases = 256;
  static constexpr std::size_t kNameBytes = std::size_t{8} << 10;

  // Result: the phase's number; number 0, "(other phases)", when the table is full.
  [[nodiscard]] std::uint32_t intern(std::string_view name) noexcept;
  [[nodiscard]] std::string_view name(std::uint32_t id) const noexcept;
  void add(std::uint32_t id, std::uint64_t frame, std::uint64_t bytes, std::uint64_t calls,
           std::uint64_t ns) noexcept;
  [[nodiscard]] std::uint32_t size() const noexcept {
    return size_.load(std::memory_order_acquire);
  }
  [[nodiscard]] PhaseStats stats(std::uint32_t id) const;

 private:
  struct Entry {
    const char* name = nullptr;
    std::size_t length = 0;
    std::atomic<std::uint64_t> count{0}, bytes{0}, calls{0}, ns{0}, max_ns{0};
    std::atomic<std::uint64_t> frame{0}, frame_bytes{0}, frame_ns{0}, peak_frame_bytes{0};
  };
  std::atomic<std::uint32_t> size_{1};
  SpinLock lock_;
  std::size_t names_used_ = 0;
  Entry entries_[kMaxPhases];
  char names_[kNameBytes];
};

}  // namespace framealloc::detail
