// SPDX-License-Identifier: MIT OR Apache-2.0
// What it costs to give an object away: it is made, its ownership passes through a transfer (or a
// queue), it is read and ends. All on one thread, so that instructions can be counted.
//
//   struct Peer { template <class Write, class Read> void pass(Write, Read); };
// write(object) is called where the object is made, read(object) where it has been received.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../harness/touch.hpp"

namespace bench {

class TransferPass {
 public:
  using Object = Block<64>;
  static constexpr std::size_t kOps = 1000;
  static constexpr std::size_t kObjects = kOps;

  template <class Peer, class Probe>
  [[gnu::noinline]] void round(Peer& peer, Probe probe) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kOps; ++i) {
      peer.pass([&](Object& made) { touch(probe, &made, sizeof made, alignof(Object), i); },
                [&](Object& received) {
                  sum += received.words[0];
                  probe.gave_back(&received);
                });
    }
    escape(&sum);
    probe.round_over(false);
  }
};

}  // namespace bench
