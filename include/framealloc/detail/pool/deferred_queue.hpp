// SPDX-License-Identifier: MIT OR Apache-2.0
// What counts the blocks that wait for their owner, and the configuration as the threads read it.
#pragma once

#include <framealloc/deferred.hpp>
#include <framealloc/detail/base/counter.hpp>
#include <framealloc/detail/sync/event_count.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// The configuration, readable while it is replaced. Thread contract: any thread.
struct DeferredControl {
  std::atomic<DeferredProcessing> mode{DeferredProcessing::AtFrameBegin};
  std::atomic<QueueFullPolicy> full_policy{QueueFullPolicy::Grow};
  std::atomic<std::size_t> per_alloc{32};
  std::atomic<std::size_t> capacity{0};
  std::atomic<std::size_t> warning_threshold{0};
  std::atomic<std::uint64_t> block_timeout_ns{0};
  std::atomic<bool> watched{false};  // there is a bound or a threshold to check

  void set(const DeferredConfig& config) noexcept;
  [[nodiscard]] DeferredConfig get() const noexcept;
  // Result: most blocks that a batch may collect, so one batch does not exceed a bound.
  [[nodiscard]] std::size_t most_in_batch() const noexcept {
    const std::size_t bound = capacity.load(std::memory_order_relaxed);
    return bound == 0 ? SIZE_MAX : bound < 8 ? 1 : bound / 8;
  }
};

// The number of blocks that wait for one thread. Senders count up, the owner counts down.
class DeferredQueue {
 public:
  // Thread contract: any.
  void note_queued(std::size_t blocks, std::size_t bytes) noexcept {
    const std::uint64_t queued = queued_.fetch_add(blocks, std::memory_order_relaxed) + blocks;
    queued_bytes_.fetch_add(bytes, std::memory_order_relaxed);
    const std::uint64_t done = processed.get();
    const std::uint64_t depth = queued > done ? queued - done : 0;
    std::uint64_t peak = peak_.load(std::memory_order_relaxed);
    while (peak < depth && !peak_.compare_exchange_weak(peak, depth, std::memory_order_relaxed)) {
    }
  }
  // Thread contract: the owner.
  void note_processed(std::size_t blocks, std::size_t bytes) noexcept {
    processed.add(blocks);
    processed_bytes.add(bytes);
    room.notify_all();
  }
  [[nodiscard]] std::uint64_t depth() const noexcept {
    const std::uint64_t done = processed.get();
    const std::uint64_t queued = queued_.load(std::memory_order_relaxed);
    return queued > done ? queued - done : 0;
  }
  [[nodiscard]] std::size_t waiting_bytes() const noexcept {
    const std::uint64_t done = processed_bytes.get();
    const std::uint64_t queued = queued_bytes_.load(std::memory_order_relaxed);
    return queued > done ? std::size_t{queued - done} : 0;
  }
  void add_to(DeferredStats& stats) const noexcept;

  OwnedCounter processed, processed_bytes, immediate;
  std::atomic<std::uint64_t> full_count{0}, warnings{0}, block_timeouts{0};
  std::atomic<bool> warned{false};
  // Set by the thread that found the queue full; the owner then takes everything back.
  std::atomic<bool> urgent{false};
  EventCount room;

 private:
  std::atomic<std::uint64_t> queued_{0}, queued_bytes_{0}, peak_{0};
};

}  // namespace framealloc::detail
