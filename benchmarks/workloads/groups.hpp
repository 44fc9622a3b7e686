// SPDX-License-Identifier: MIT OR Apache-2.0
// What a level loads and drops: 10,000 objects of mixed sizes, then all of them go. The peer's
// session makes them; close() frees them, or the workload does one by one, as the peer says.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "../harness/requests.hpp"
#include "../harness/touch.hpp"

namespace bench {

class GroupFill {
 public:
  static constexpr std::size_t kOps = 10'000;
  static constexpr std::size_t kObjects = kOps;

  template <class Peer, class Probe>
  [[gnu::noinline]] void round(Peer& peer, Probe probe) {
    auto session = peer.open();
    for (std::size_t i = 0; i < kOps; ++i) {
      const Request request = requests_[i % requests_.size()];
      void* const p = session.make(request.size, request.alignment);
      touch(probe, p, request.size, request.alignment, i);
      if constexpr (Peer::kFreesEach) (*made_)[i] = p;
    }
    probe.at_peak();
    if constexpr (Peer::kFreesEach) {
      for (std::size_t i = kOps; i > 0; --i) {
        const Request request = requests_[(i - 1) % requests_.size()];
        probe.gave_back((*made_)[i - 1]);
        session.give_back((*made_)[i - 1], request.size, request.alignment);
      }
    }
    peer.close(session);
    probe.round_over(!Peer::kFreesEach);
  }

 private:
  std::span<const Request> requests_ = mixed_requests();
  std::unique_ptr<std::array<void*, kOps>> made_ = std::make_unique<std::array<void*, kOps>>();
};

}  // namespace bench
