// SPDX-License-Identifier: MIT OR Apache-2.0
#include "quiet_slice.hpp"

#include <sys/resource.h>
#include <time.h>

#include <atomic>
#include <limits>

namespace bench {
namespace {

// Six independent chains: at full speed the core retires about as much as it can, so a busy sibling
// shows. 4000 rounds are about two microseconds.
void spin() {
  std::uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
  for (int i = 0; i < 4000; ++i) {
    a += 3;
    b ^= 5;
    c += 7;
    d ^= 9;
    e += 11;
    f ^= 13;
    asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
  }
}

std::atomic<std::uint64_t> fastest{std::numeric_limits<std::uint64_t>::max()};

}  // namespace

std::uint64_t now_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(t.tv_nsec);
}

std::uint64_t context_switches() {
  rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_nvcsw) + static_cast<std::uint64_t>(usage.ru_nivcsw);
}

bool canary_at_full_speed() {
  const std::uint64_t start = now_ns();
  spin();
  const std::uint64_t took = now_ns() - start;
  std::uint64_t best = fastest.load(std::memory_order_relaxed);
  while (took < best && !fastest.compare_exchange_weak(best, took, std::memory_order_relaxed)) {
  }
  return took * 10 <= best * 11;
}

void calibrate_canary() {
  const std::uint64_t stop = now_ns() + 100'000'000;
  while (now_ns() < stop) {
    if (!canary_at_full_speed()) continue;
  }
}

}  // namespace bench
