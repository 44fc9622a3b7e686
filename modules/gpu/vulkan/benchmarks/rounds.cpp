// SPDX-License-Identifier: MIT OR Apache-2.0
#include "rounds.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace bench {

namespace {

double middle(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? 0 : values[values.size() / 2];
}

}  // namespace

std::size_t Rounds::add(std::string name, double operations,
                        std::function<std::optional<double>()> run) {
  entries_.push_back({std::move(name), operations, std::move(run)});
  return entries_.size() - 1;
}

bool Rounds::measure(unsigned rounds) {
  constexpr unsigned kWarmUp = 3;
  for (unsigned round = 0; round < rounds + kWarmUp; ++round) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      // What is first in a round would always find the caches of the last one.
      Entry& entry = entries_[(i + round) % entries_.size()];
      const std::optional<double> time = entry.run();
      if (!time) return std::fprintf(stderr, "%s failed\n", entry.name.c_str()), false;
      if (round >= kWarmUp) entry.times.push_back(*time / entry.operations);
    }
  }
  return true;
}

void Rounds::print() const {
  std::printf("%-58s %12s %12s\n", "ns of one operation", "median", "least");
  for (const Entry& entry : entries_) {
    std::printf("%-58s %12.2f %12.2f\n", entry.name.c_str(), middle(entry.times),
                *std::ranges::min_element(entry.times));
  }
}

double Rounds::median(std::size_t entry) const { return middle(entries_[entry].times); }

double Rounds::ratio(std::size_t entry, std::size_t to) const {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < entries_[entry].times.size(); ++i)
    ratios.push_back(entries_[entry].times[i] / entries_[to].times[i]);
  return middle(std::move(ratios));
}

double Rounds::least_ratio(std::size_t entry, std::size_t to) const {
  return *std::ranges::min_element(entries_[entry].times) /
         *std::ranges::min_element(entries_[to].times);
}

void Bars::print() const {
  std::printf("\n%-64s %10s %12s\n", "what was asked for", "found", "bar");
  for (const Row& row : rows_) {
    if (row.is_note) {
      std::printf("%-64s %10.2f\n", row.what.c_str(), row.found);
      continue;
    }
    const bool met = row.at_most ? row.found <= row.bar : row.found >= row.bar;
    std::printf("%-64s %10.2f %s %9.2f %s\n", row.what.c_str(), row.found,
                row.at_most ? "<=" : ">=", row.bar, met ? "" : "  missed");
  }
}

}  // namespace bench
