// SPDX-License-Identifier: MIT OR Apache-2.0
// W1 and W7: many small allocations, then everything is freed or reset. One round is one frame.
#pragma once

#include <array>
#include <memory>
#include <span>

#include "../harness/requests.hpp"
#include "../harness/touch.hpp"

namespace bench {

// `count` objects of `size` bytes, both known when compiled.
template <std::size_t size, std::size_t count>
class Burst {
 public:
  static constexpr std::size_t kOps = count;
  static constexpr std::size_t kObjects = count;

  template <class Peer, class Probe>
  [[gnu::noinline]] void round(Peer& peer, Probe probe) {
    using Object = Block<size>;
    auto session = peer.open();
    for (std::size_t i = 0; i < count; ++i) {
      Object* p = session.template make<Object>();
      touch(probe, p, sizeof(Object), alignof(Object), i);
      if constexpr (Peer::kFreesEach) (*objects_)[i] = p;
    }
    probe.at_peak();
    if constexpr (Peer::kFreesEach) {
      for (void* p : *objects_) {
        probe.gave_back(p);
        session.give_back(static_cast<Object*>(p));
      }
    }
    peer.close(session);
    probe.round_over(!Peer::kFreesEach);
  }

 private:
  // Only peers that free each object need to remember them; that is part of what they cost.
  std::unique_ptr<std::array<void*, count>> objects_ = std::make_unique<std::array<void*, count>>();
};

// Sizes and alignments that are known only at run time.
class MixedBurst {
 public:
  static constexpr std::size_t kOps = 1000;
  static constexpr std::size_t kObjects = 1000;

  template <class Peer, class Probe>
  [[gnu::noinline]] void round(Peer& peer, Probe probe) {
    auto session = peer.open();
    void** out = objects_->data();
    for (const Request& r : requests_) {
      void* p = session.make(r.size, r.alignment);
      touch(probe, p, r.size, r.alignment, r.size);
      if constexpr (Peer::kFreesEach) *out++ = p;
    }
    probe.at_peak();
    if constexpr (Peer::kFreesEach) {
      out = objects_->data();
      for (const Request& r : requests_) {
        probe.gave_back(*out);
        session.give_back(*out++, r.size, r.alignment);
      }
    }
    peer.close(session);
    probe.round_over(!Peer::kFreesEach);
  }

 private:
  std::span<const Request> requests_ = mixed_requests();
  std::unique_ptr<std::array<void*, 1000>> objects_ = std::make_unique<std::array<void*, 1000>>();
};

// A frame of a game: sizes known only at run time, every alignment the ordinary 16.
template <std::span<const Request> (*requests)(), std::size_t count>
class GameFrame {
 public:
  static constexpr std::size_t kOps = count;
  static constexpr std::size_t kObjects = count;
  static constexpr std::size_t kAlignment = 16;

  template <class Peer, class Probe>
  [[gnu::noinline]] void round(Peer& peer, Probe probe) {
    auto session = peer.open();
    void** out = objects_->data();
    for (const Request& r : requests_) {
      void* p = session.make(r.size, kAlignment);
      touch(probe, p, r.size, kAlignment, r.size);
      if constexpr (Peer::kFreesEach) *out++ = p;
    }
    probe.at_peak();
    if constexpr (Peer::kFreesEach) {
      out = objects_->data();
      for (const Request& r : requests_) {
        probe.gave_back(*out);
        session.give_back(*out++, r.size, kAlignment);
      }
    }
    peer.close(session);
    probe.round_over(!Peer::kFreesEach);
  }

 private:
  std::span<const Request> requests_ = requests();
  std::unique_ptr<std::array<void*, count>> objects_ = std::make_unique<std::array<void*, count>>();
};

using PhysicsFrame = GameFrame<physics_requests, 800>;
using ParticleFrame = Burst<64, 10'000>;
using UiFrame = GameFrame<ui_requests, 200>;

}  // namespace bench
