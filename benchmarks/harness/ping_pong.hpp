// SPDX-License-Identifier: MIT OR Apache-2.0
// How far two threads are apart: the time of a cache line's round trip between their cores. The
// processors of a virtual machine may be near each other (they share a cache) or far, for seconds
// or minutes at a time; times of either kind compare only with their own.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "quiet_slice.hpp"

namespace bench {

// Round trips seen by this process; what was usual lately decides what counts.
class RoundTrips {
 public:
  void add(double ns) {
    if (recent_.size() < kRecent) {
      recent_.push_back(ns);
    } else {
      recent_[next_++ % kRecent] = ns;
    }
  }
  // Result: the median of the last few hundred, in ns; 0 when there was none.
  [[nodiscard]] double usual() const {
    if (recent_.empty()) return 0;
    std::vector<double> sorted = recent_;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return *middle;
  }

 private:
  static constexpr std::size_t kRecent = 301;
  std::vector<double> recent_;
  std::size_t next_ = 0;
};

// Thread contract: the thread that measures.
[[nodiscard]] inline RoundTrips& round_trips() {
  static RoundTrips trips;
  return trips;
}

class PingPong {
 public:
  static constexpr unsigned kTrips = 100;

  // Effect: makes kTrips round trips with a thread that calls answer() at the same time. Result:
  // true when they took as long as usual, give or take a third.
  [[nodiscard]] bool at_usual_distance() {
    const std::uint64_t start = now_ns();
    for (unsigned i = 0; i < kTrips; ++i) {
      line_.store(2 * i + 1, std::memory_order_release);
      wait_for(2 * i + 2);
    }
    line_.store(0, std::memory_order_release);
    const double trip = static_cast<double>(now_ns() - start) / kTrips;
    round_trips().add(trip);
    const double usual = round_trips().usual();
    return trip * 3 <= usual * 4 && trip * 4 >= usual * 3;
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

  alignas(64) std::atomic<unsigned> line_{0};
};

}  // namespace bench
