// SPDX-License-Identifier: MIT OR Apache-2.0
#include "results.hpp"

#include <algorithm>

namespace bench {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

void Results::add(const Row& row, const Sample& sample) {
  samples_[{row.workload, row.peer}].push_back(sample);
}

void Results::add_instructions(const std::string& workload, const std::string& peer,
                               double per_op) {
  instructions_[{workload, peer}] = per_op;
}

void Results::add_value(const std::string& name, const std::string& peer, double value) {
  if (!contains(value_names_, name)) value_names_.push_back(name);
  auto& peers = value_peers_[name.substr(0, name.find('/'))];
  if (!contains(peers, peer)) peers.push_back(peer);
  values_[{name, peer}] = value;
}

std::optional<Figure> Results::figure(const std::string& workload, const std::string& peer) const {
  const auto found = samples_.find({workload, peer});
  if (found == samples_.end()) return std::nullopt;
  // Undisturbed repetitions only, where there are enough of them to speak of a median.
  std::vector<double> times;
  Figure figure;
  for (const Sample& s : found->second) {
    if (s.quiet > 0) times.push_back(s.ns_per_op);
  }
  figure.repetitions = found->second.size();
  figure.quiet = times.size();
  if (times.size() < 3) {
    times.clear();
    for (const Sample& s : found->second) times.push_back(s.ns_per_op);
  }
  std::sort(times.begin(), times.end());
  figure.fastest = times.front();
  figure.quarter = times[times.size() / 4];
  figure.median = times[times.size() / 2];
  figure.three_quarters = times[times.size() * 3 / 4];
  return figure;
}

std::optional<double> Results::instructions(const std::string& workload,
                                            const std::string& peer) const {
  const auto found = instructions_.find({workload, peer});
  if (found == instructions_.end()) return std::nullopt;
  return found->second;
}

std::optional<double> Results::value(const std::string& name, const std::string& peer) const {
  const auto found = values_.find({name, peer});
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> Results::workloads() const {
  std::vector<std::string> names;
  for (const Row& row : rows_.all()) {
    if (samples_.contains({row.workload, row.peer}) && !contains(names, row.workload)) {
      names.push_back(row.workload);
    }
  }
  return names;
}

std::vector<std::string> Results::peers_of(const std::string& workload) const {
  std::vector<std::string> names;
  for (const Row& row : rows_.all()) {
    if (row.workload == workload && samples_.contains({workload, row.peer})) {
      names.push_back(row.peer);
    }
  }
  return names;
}

std::vector<std::string> Results::peers_with_value(const std::string& name) const {
  const auto found = value_peers_.find(name.substr(0, name.find('/')));
  return found == value_peers_.end() ? std::vector<std::string>{} : found->second;
}

std::optional<Floor> floor_of(const Results& results, const std::string& workload) {
  std::optional<Floor> best;
  for (const std::string& peer : results.peers_of(workload)) {
    // Touching memory is less than any allocator can do: shown, but no floor.
    if (!peer.starts_with("floor-") || peer == "floor-touch") continue;
    const double ns = results.figure(workload, peer)->median;
    if (!best || ns < best->ns) best = Floor{peer, ns};
  }
  return best;
}

std::string champion_of(const Results& results, const std::string& workload) {
  for (const std::string& peer : results.peers_of(workload)) {
    if (peer.starts_with("framealloc")) return peer;
  }
  return {};
}

}  // namespace bench
