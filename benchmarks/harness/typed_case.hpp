// SPDX-License-Identifier: MIT OR Apache-2.0
// Ties a workload to a peer. The timed and the checked form are two instances of the same template,
// so what the self-check sees is what the clock sees.
#pragma once

#include "case.hpp"
#include "touch.hpp"

namespace bench {

// A workload whose round takes the peer as an argument.
template <class Peer, class Workload>
class RoundCase final : public Case {
 public:
  static constexpr std::size_t kOps = Workload::kOps;
  static constexpr std::size_t kObjects = Workload::kObjects;

  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) workload_.round(peer_, NoProbe());
  }
  void check(Ledger& ledger) override { workload_.round(peer_, LedgerProbe(ledger)); }

 private:
  Peer peer_;
  Workload workload_;
};

// A workload that keeps objects of its peer from round to round.
template <class Peer, class Workload>
class HeldCase final : public Case {
 public:
  static constexpr std::size_t kOps = Workload::kOps;
  static constexpr std::size_t kObjects = Workload::kObjects;

  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) workload_.round(NoProbe());
  }
  void check(Ledger& ledger) override { workload_.round(LedgerProbe(ledger)); }

 private:
  Peer peer_;
  Workload workload_{peer_};
};

}  // namespace bench
