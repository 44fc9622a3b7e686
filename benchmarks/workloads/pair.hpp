// SPDX-License-Identifier: MIT OR Apache-2.0
// W2: a pool's work. A pair allocates and frees at once; churn replaces random ones of 1000.
#pragma once

#include <array>
#include <memory>
#include <span>

#include "../harness/requests.hpp"
#include "../harness/touch.hpp"

namespace bench {

template <std::size_t size>
class Pair {
 public:
  static constexpr std::size_t kOps = 1000;
  static constexpr std::size_t kObjects = 1000;

  template <class Peer, class Probe>
  [[gnu::noinline]] void round(Peer& peer, Probe probe) {
    using Object = Block<size>;
    auto session = peer.open();
    for (std::size_t i = 0; i < kOps; ++i) {
      Object* p = session.template make<Object>();
      touch(probe, p, sizeof(Object), alignof(Object), i);
      probe.gave_back(p);
      session.give_back(p);
    }
    peer.close(session);
    probe.round_over(false);
  }
};

// One operation frees a random live object and allocates another. The 1000 objects outlive the
// round (the session does not), so the self-check hands them over from round to round.
template <class Peer, std::size_t size>
class Churn {
 public:
  using Object = Block<size>;
  static constexpr std::size_t kOps = 8192;
  static constexpr std::size_t kObjects = 8192;

  explicit Churn(Peer& peer) : peer_(peer) {
    auto session = peer_.open();
    for (Object*& slot : *live_) slot = session.template make<Object>();
    peer_.close(session);
  }
  ~Churn() {
    auto session = peer_.open();
    for (Object* slot : *live_) session.give_back(slot);
    peer_.close(session);
  }
  Churn(const Churn&) = delete;
  Churn& operator=(const Churn&) = delete;

  template <class Probe>
  [[gnu::noinline]] void round(Probe probe) {
    if constexpr (Probe::kRecords) {
      for (Object* p : *live_) probe.held(p, sizeof(Object), alignof(Object), 0);
    }
    auto session = peer_.open();
    for (const std::uint16_t slot : slots_) {
      Object*& p = (*live_)[slot];
      probe.gave_back(p);
      session.give_back(p);
      p = session.template make<Object>();
      touch(probe, p, sizeof(Object), alignof(Object), slot);
    }
    peer_.close(session);
    probe.at_peak();
    if constexpr (Probe::kRecords) {
      for (Object* p : *live_) probe.gave_back(p);
    }
    probe.round_over(false);
  }

 private:
  Peer& peer_;
  std::span<const std::uint16_t> slots_ = churn_slots();
  std::unique_ptr<std::array<Object*, 1000>> live_ = std::make_unique<std::array<Object*, 1000>>();
};

}  // namespace bench
