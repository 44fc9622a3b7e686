// SPDX-License-Identifier: MIT OR Apache-2.0
// Which workloads fit which kind of peer. A peer's file calls one or two of these.
#pragma once

#include <string>

#include "../workloads/batch.hpp"
#include "../workloads/batches.hpp"
#include "../workloads/burst.hpp"
#include "../workloads/handoff.hpp"
#include "../workloads/owners.hpp"
#include "../workloads/pair.hpp"
#include "../workloads/two_threads.hpp"
#include "../workloads/vectors.hpp"
#include "typed_case.hpp"

namespace bench {

template <class CaseType>
void add_case(Rows& rows, std::string workload, std::string peer,
              Guarantee guarantee = Guarantee::Distinct, bool countable = true) {
  Row row;
  row.workload = std::move(workload);
  row.peer = std::move(peer);
  row.ops = CaseType::kOps;
  row.guarantee = guarantee;
  row.countable = countable;
  row.expected_objects = CaseType::kObjects;
  row.make = [] { return std::make_unique<CaseType>(); };
  rows.add(std::move(row));
}

// On one thread and on two, so that one run shows how a peer scales.
template <class OneThread>
void add_scaling(Rows& rows, const std::string& workload, const std::string& peer) {
  add_case<OneThread>(rows, "W5/" + workload + "-1t", peer, Guarantee::Distinct, false);
  add_case<TwoThreads<OneThread>>(rows, "W5/" + workload + "-2t", peer, Guarantee::Distinct, false);
}

// W1 with sizes known when compiled.
template <class Peer>
void add_bursts(Rows& rows, const std::string& peer, Guarantee guarantee = Guarantee::Distinct) {
  add_case<RoundCase<Peer, Burst<16, 1000>>>(rows, "W1/16", peer, guarantee);
  add_case<RoundCase<Peer, Burst<64, 1000>>>(rows, "W1/64", peer, guarantee);
  add_case<RoundCase<Peer, Burst<256, 1000>>>(rows, "W1/256", peer, guarantee);
}

// W1 mixed and the three frames of W7.
template <class Peer>
void add_frames(Rows& rows, const std::string& peer, Guarantee guarantee = Guarantee::Distinct) {
  add_case<RoundCase<Peer, MixedBurst>>(rows, "W1/mixed", peer, guarantee);
  add_case<RoundCase<Peer, PhysicsFrame>>(rows, "W7/physics", peer, guarantee);
  add_case<RoundCase<Peer, ParticleFrame>>(rows, "W7/particles", peer, guarantee);
  add_case<RoundCase<Peer, UiFrame>>(rows, "W7/ui", peer, guarantee);
}

template <class Peer>
using PairCase = RoundCase<Peer, Pair<64>>;
template <class Peer, std::size_t size>
using ChurnCase = HeldCase<Peer, Churn<Peer, size>>;
template <class Peer>
using BurstCase = RoundCase<Peer, Burst<64, 1000>>;

// W6 with std::vector on the peer's memory.
template <class Peer, Reserve reserve = Reserve::None>
void add_standard_vectors(Rows& rows, const std::string& peer) {
  using Session = decltype(std::declval<Peer&>().open());
  using Maker = StandardVectors<Session, Peer::kFreesEach>;
  add_case<HeldCase<Peer, Vectors<Peer, Maker, reserve>>>(rows, "W6", peer);
}

// A bump allocator: no block is given back alone, close() takes all.
template <class Peer>
void add_arena(Rows& rows, const std::string& peer) {
  add_bursts<Peer>(rows, peer);
  add_frames<Peer>(rows, peer);
  add_case<RoundCase<Peer, Batch>>(rows, "W3", peer);
  add_scaling<BurstCase<Peer>>(rows, "burst", peer);
  add_standard_vectors<Peer>(rows, peer);
}

// A pool that serves any size from one thread.
template <class Peer>
void add_pool(Rows& rows, const std::string& peer) {
  add_bursts<Peer>(rows, peer);
  add_frames<Peer>(rows, peer);
  add_case<RoundCase<Peer, Pair<32>>>(rows, "W2/pair32", peer);
  add_case<RoundCase<Peer, Pair<64>>>(rows, "W2/pair64", peer);
  add_case<RoundCase<Peer, Pair<256>>>(rows, "W2/pair256", peer);
  add_case<ChurnCase<Peer, 32>>(rows, "W2/churn32", peer);
  add_case<ChurnCase<Peer, 64>>(rows, "W2/churn64", peer);
  add_case<ChurnCase<Peer, 256>>(rows, "W2/churn256", peer);
  add_case<RoundCase<Peer, Batch>>(rows, "W3", peer);
  add_scaling<BurstCase<Peer>>(rows, "burst", peer);
  add_scaling<PairCase<Peer>>(rows, "pair", peer);
  add_scaling<ChurnCase<Peer, 64>>(rows, "churn", peer);
  add_standard_vectors<Peer>(rows, peer);
}

// Two threads of which one only allocates and one only frees.
template <class Peer>
void add_batches(Rows& rows, const std::string& peer) {
  const auto distinct = Guarantee::Distinct;
  add_case<BothThreads<BatchWork<Peer, false>>>(rows, "batches/64", peer, distinct, false);
  add_case<BothThreads<BatchWork<Peer, true>>>(rows, "batches/mixed", peer, distinct, false);
}

// One thread that frees for others.
template <class Peer>
void add_owners(Rows& rows, const std::string& peer) {
  const auto distinct = Guarantee::Distinct;
  add_case<FreesInTurn<Peer, 1>>(rows, "owners/1", peer, distinct, false);
  add_case<FreesInTurn<Peer, 8>>(rows, "owners/8", peer, distinct, false);
  add_case<FreesInTurn<Peer, 32>>(rows, "owners/32", peer, distinct, false);
}

// A general allocator: as a pool, and a block may be freed by another thread.
template <class Peer>
void add_general(Rows& rows, const std::string& peer) {
  add_pool<Peer>(rows, peer);
  add_case<Handoff<Peer>>(rows, "W4", peer, Guarantee::Distinct, false);
  add_batches<Peer>(rows, peer);
  add_owners<Peer>(rows, peer);
}

// Pools of one object size each; `Pools::Of<size>` is the peer. A class, not a template, because of
// what separate_peers.sh looks for.
template <class Pools>
void add_fixed_pool(Rows& rows, const std::string& peer) {
  add_case<RoundCase<typename Pools::template Of<16>, Burst<16, 1000>>>(rows, "W1/16", peer);
  add_case<RoundCase<typename Pools::template Of<64>, Burst<64, 1000>>>(rows, "W1/64", peer);
  add_case<RoundCase<typename Pools::template Of<256>, Burst<256, 1000>>>(rows, "W1/256", peer);
  add_case<RoundCase<typename Pools::template Of<64>, ParticleFrame>>(rows, "W7/particles", peer);
  add_case<RoundCase<typename Pools::template Of<32>, Pair<32>>>(rows, "W2/pair32", peer);
  add_case<RoundCase<typename Pools::template Of<64>, Pair<64>>>(rows, "W2/pair64", peer);
  add_case<RoundCase<typename Pools::template Of<256>, Pair<256>>>(rows, "W2/pair256", peer);
  add_case<ChurnCase<typename Pools::template Of<32>, 32>>(rows, "W2/churn32", peer);
  add_case<ChurnCase<typename Pools::template Of<64>, 64>>(rows, "W2/churn64", peer);
  add_case<ChurnCase<typename Pools::template Of<256>, 256>>(rows, "W2/churn256", peer);
  add_scaling<BurstCase<typename Pools::template Of<64>>>(rows, "burst", peer);
  add_scaling<PairCase<typename Pools::template Of<64>>>(rows, "pair", peer);
  add_scaling<ChurnCase<typename Pools::template Of<64>, 64>>(rows, "churn", peer);
}

}  // namespace bench
