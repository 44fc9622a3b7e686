// SPDX-License-Identifier: MIT OR Apache-2.0
// Two threads that meet again and again: an operation is one phase that both have completed. What
// each thread does in between is a write to a line of its own, which the other reads after the
// phase.
//
//   struct Peer { void arrive_and_wait(); };
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "../harness/both_threads.hpp"
#include "../harness/touch.hpp"

namespace bench {

template <class Peer>
class BarrierWork {
 public:
  static constexpr std::size_t kOps = 1000;
  static constexpr std::size_t kObjects = 0;

  void here(std::size_t count, Ledger* ledger = nullptr) { phases(0, count, ledger); }
  void there(std::size_t count, Ledger* = nullptr) { phases(1, count, nullptr); }

 private:
  // Two lines for each side, by turns: what is read in a phase is not written before the next.
  struct alignas(64) Line {
    std::uint64_t value;
  };

  [[gnu::noinline]] void phases(std::size_t side, std::size_t count, Ledger* ledger) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      lines_[side][i % 2].value = i;
      peer_.arrive_and_wait();
      const std::uint64_t seen = lines_[1 - side][i % 2].value;
      if (ledger != nullptr && seen != i) ledger->fail("the other thread had not arrived");
      sum += seen;
    }
    escape(&sum);
  }

  Peer peer_;
  Line lines_[2][2] = {};
};

}  // namespace bench
