// SPDX-License-Identifier: MIT OR Apache-2.0
// W3: room for 1000 objects of 64 bytes as one uninitialized block, then reset. An operation is a
// whole block; a round has a hundred, so that starting a round costs nothing beside them.
#pragma once

#include <cstddef>

#include "../harness/touch.hpp"

namespace bench {

class Batch {
 public:
  static constexpr std::size_t kOps = 100;
  static constexpr std::size_t kObjects = 100;
  static constexpr std::size_t kCount = 1000;
  static constexpr std::size_t kBytes = kCount * sizeof(Block<64>);

  template <class Peer, class Probe>
  [[gnu::noinline]] void round(Peer& peer, Probe probe) {
    for (std::size_t i = 0; i < kOps; ++i) {
      auto session = peer.open();
      void* p = session.template make_batch<Block<64>>(kCount);
      touch(probe, p, kBytes, alignof(Block<64>), i);
      if constexpr (Peer::kFreesEach) {
        probe.gave_back(p);
        session.give_back(p, kBytes, alignof(Block<64>));
      }
      peer.close(session);
      probe.round_over(!Peer::kFreesEach);
    }
  }
};

}  // namespace bench
