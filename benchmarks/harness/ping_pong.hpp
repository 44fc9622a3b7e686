// SPDX-License-Identifier: MIT OR Apache-2.0
// How far two threads are apart: the time of a cache line's round trip between their cores.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <thread>

#include "quiet_slice.hpp"

namespace bench {

class PingPong {
 public:
  static constexpr unsigned kTrips = 100;

  // Effect: makes kTrips round trips with a thread that calls answer() at the same time. Result:
  // true when they took at most one and a half times as long as the fastest seen by this process.
  [[nodiscard]] bool near() {
    const std::uint64_t start = now_ns();
    for (unsigned i = 0; i < kTrips; ++i) {
      line_.store(2 * i + 1, std::memory_order_release);
      wait_for(2 * i + 2);
    }
    line_.store(0, std::memory_order_release);
    const std::uint64_t took = now_ns() - start;
    std::uint64_t best = fastest().load(std::memory_order_relaxed);
    if (took < best) fastest().store(best = took, std::memory_order_relaxed);
    return took * 2 <= best * 3;
  }
  void answer() {
    for (unsigned i = 0; i < kTrips; ++i) {
      wait_for(2 * i + 1);
      line_.store(2 * i + 2, std::memory_order_release);
    }
  }

 private:
  void wait_for(unsigned value) {
    for (unsigned spins = 0; line_.load(std::memory_order_acquire) != value; ++spins) {
      if (spins > 20'000) std::this_thread::yield();
    }
  }
  static std::atomic<std::uint64_t>& fastest() {
    static std::atomic<std::uint64_t> value{std::numeric_limits<std::uint64_t>::max()};
    return value;
  }

  alignas(64) std::atomic<unsigned> line_{0};
};

}  // namespace bench
