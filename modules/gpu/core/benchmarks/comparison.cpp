// SPDX-License-Identifier: MIT OR Apache-2.0
#include "comparison.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace bench {
namespace {

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double time(Peer& peer, const Workload& workload) {
  const auto start = std::chrono::steady_clock::now();
  peer.run(workload.steps);
  const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
  return elapsed.count() / static_cast<double>(workload.pairs);
}

}  // namespace

void compare(Peers& peers, const Workload& workload, int rounds) {
  std::vector<std::vector<double>> times(peers.size());
  std::vector<std::vector<double>> ratios(peers.size());
  for (const auto& peer : peers) {
    peer->prepare(workload);
    peer->run(workload.steps);  // memory is touched, branches are learned
  }
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> now(peers.size());
    for (std::size_t i = 0; i < peers.size(); ++i) {
      // The first one of a round would always start with the others' cache lines.
      const std::size_t peer = (i + static_cast<std::size_t>(round)) % peers.size();
      now[peer] = time(*peers[peer], workload);
    }
    for (std::size_t peer = 0; peer < peers.size(); ++peer) {
      times[peer].push_back(now[peer]);
      ratios[peer].push_back(now[0] / now[peer]);
    }
  }
  std::printf("%.*s\n", static_cast<int>(workload.name.size()), workload.name.data());
  for (std::size_t peer = 0; peer < peers.size(); ++peer) {
    const std::string_view name = peers[peer]->name();
    std::printf("  %-20.*s %6.1f ns (%5.1f at best)", static_cast<int>(name.size()), name.data(),
                median(times[peer]), *std::ranges::min_element(times[peer]));
    if (peer != 0)
      std::printf("   %.*s takes %.2f of it", static_cast<int>(peers[0]->name().size()),
                  peers[0]->name().data(), median(ratios[peer]));
    std::printf("\n");
  }
}

bool same_work(Peers& peers, const Workload& workload) {
  std::vector<Work> works;
  for (const auto& peer : peers) {
    peer->prepare({.name = workload.name,
                   .range = workload.range,
                   .alignment = workload.alignment,
                   .slots = workload.slots,
                   .fill = {},
                   .steps = {},
                   .pairs = 0});
    std::vector<Step> steps = workload.fill;
    steps.insert(steps.end(), workload.steps.begin(), workload.steps.end());
    works.push_back(peer->check(steps));
    const Work& work = works.back();
    std::printf("%.*s: %.*s: %llu allocations, %llu frees, %llu units\n",
                static_cast<int>(workload.name.size()), workload.name.data(),
                static_cast<int>(peer->name().size()), peer->name().data(),
                static_cast<unsigned long long>(work.allocations),
                static_cast<unsigned long long>(work.frees),
                static_cast<unsigned long long>(work.units));
  }
  return std::ranges::all_of(works, [&](const Work& work) {
    return work == works[0] && work.allocations >= workload.pairs;
  });
}

}  // namespace bench
