// SPDX-License-Identifier: MIT OR Apache-2.0
// W6: twenty vectors, each filled to 1000 ints by push_back. An operation is one push_back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../harness/peer.hpp"
#include "../harness/touch.hpp"

namespace bench {

enum class Reserve { None, Exact };

// The vectors of a peer that brings no container of its own: std::vector on the peer's memory.
template <class Session, bool frees>
struct StandardVectors {
  using Vector = std::vector<int, SessionAllocator<int, Session, frees>>;
  static Vector make(Session& session) {
    return Vector(SessionAllocator<int, Session, frees>(session));
  }
};

// `Maker::make(session)` returns an empty vector.
template <class Peer, class Maker, Reserve reserve = Reserve::None>
class Vectors {
 public:
  static constexpr std::size_t kVectors = 20;
  static constexpr std::size_t kInts = 1000;
  static constexpr std::size_t kOps = kVectors * kInts;
  static constexpr std::size_t kObjects = kVectors;
  using Vector = typename Maker::Vector;

  explicit Vectors(Peer& peer) : peer_(peer) {}

  template <class Probe>
  [[gnu::noinline]] void round(Probe probe) {
    auto session = peer_.open();
    {
      std::array<std::optional<Vector>, kVectors> vectors;
      for (auto& slot : vectors) {
        slot.emplace(Maker::make(session));
        fill(*slot);
        escape(slot->data());
      }
      if constexpr (Probe::kRecords) record(vectors, probe);
    }
    peer_.close(session);
    probe.round_over(true);
  }

 private:
  [[gnu::noinline]] static void fill(Vector& vector) {
    if constexpr (reserve == Reserve::Exact) vector.reserve(kInts);
    for (std::size_t i = 0; i < kInts; ++i) vector.push_back(static_cast<int>(i));
  }
  // One object per vector: its whole array, after a look at every int.
  template <class Probe>
  static void record(std::array<std::optional<Vector>, kVectors>& vectors, Probe& probe) {
    for (auto& vector : vectors) {
      bool right = vector->size() == kInts;
      for (std::size_t i = 0; right && i < kInts; ++i) {
        right = (*vector)[i] == static_cast<int>(i);
      }
      void* data = right ? static_cast<void*>(vector->data()) : nullptr;
      touch(probe, data, kInts * sizeof(int), alignof(int), 7);
    }
    probe.at_peak();
  }

  Peer& peer_;
};

}  // namespace bench
