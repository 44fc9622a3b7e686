// SPDX-License-Identifier: MIT OR Apache-2.0
// W9: memory that nobody has touched. A round takes 16 MiB from the system, allocates all of it in
// blocks of one page with eight bytes written into each, and gives everything back. An operation is
// a page. No object survives the round, not even the allocator.
#pragma once

#include <sys/resource.h>

#include "../harness/case.hpp"
#include "../harness/touch.hpp"

namespace bench {

// `Peer` takes its memory when it is constructed and gives it back when it is destroyed.
template <class Peer>
class ColdArena final : public Case {
 public:
  static constexpr std::size_t kPage = 4096;
  static constexpr std::size_t kOps = 4096;
  static constexpr std::size_t kObjects = kOps;
  static constexpr std::size_t kBytes = kOps * kPage;

  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) round(NoProbe());
  }
  void check(Ledger& ledger) override { round(LedgerProbe(ledger)); }

 private:
  template <class Probe>
  [[gnu::noinline]] void round(Probe probe) {
    Peer peer;
    auto session = peer.open();
    for (std::size_t i = 0; i < kOps; ++i) {
      touch(probe, session.make(kPage, 16), kPage, 16, i);
    }
    probe.at_peak();
    peer.close(session);
    probe.round_over(true);
  }
};

}  // namespace bench
