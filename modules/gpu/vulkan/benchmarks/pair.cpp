// SPDX-License-Identifier: MIT OR Apache-2.0
#include "pair.hpp"

#include <chrono>

namespace bench {

namespace {

using Clock = std::chrono::steady_clock;

// Spins for as long as another core needs to answer, then gives the processor away: a busy machine
// would never come to the other thread.
template <class Done>
void await(Done&& done) {
  for (unsigned spins = 0; !done(); ++spins)
    if (spins > 20'000) std::this_thread::yield();
}

}  // namespace

Pair::~Pair() {
  turn_.store(kEnd, std::memory_order_release);
  second_.join();
}

std::optional<double> Pair::time() {
  turn_.store(kCalled, std::memory_order_release);
  await([&] { return turn_.load(std::memory_order_acquire) == kThere; });
  const Clock::time_point begun = Clock::now();
  turn_.store(kRun, std::memory_order_release);
  const bool mine = work_();
  await([&] { return turn_.load(std::memory_order_acquire) == kRest; });
  const double took = std::chrono::duration<double, std::nano>(Clock::now() - begun).count();
  return mine && other_.value_or(false) ? std::optional(took) : std::nullopt;
}

void Pair::serve() {
  for (;;) {
    Turn turn = kRest;
    await([&] { return (turn = turn_.load(std::memory_order_acquire)) != kRest; });
    if (turn == kEnd) return;
    turn_.store(kThere, std::memory_order_release);
    await([&] { return turn_.load(std::memory_order_acquire) == kRun; });
    other_ = work_();
    turn_.store(kRest, std::memory_order_release);
  }
}

}  // namespace bench
