// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "checksum.hpp"
#include "pcg32.hpp"
#include "scene.hpp"

namespace fa_demo {

/// Agents that walk a grid with walls and plan their way by A*; the job threads plan, in scratch
/// memory that is given back when the search ends, not when the frame does.
template <class Policy>
class Paths {
 public:
  static constexpr unsigned kSide = 64;
  static constexpr unsigned kCells = kSide * kSide;
  static constexpr std::size_t kAgents = 256;
  static constexpr unsigned kChunks = 8;
  static constexpr unsigned kSearchesPerChunk = 3;

  Paths(Policy& policy, std::uint64_t seed) : policy_(policy) {
    Pcg32 rng(seed, 7);
    for (std::uint8_t& cell : wall_) cell = rng.below(100) < 28 ? 1 : 0;
    for (Agent& agent : agents_) {
      agent.cell = open_cell(rng);
      agent.goal = open_cell(rng);
      agent.rng_state = rng.next();
    }
    targets_.fill(0.0F);
  }

  /// Plans the way of this chunk's share of the agents. Any thread; one thread per chunk.
  void plan(unsigned chunk, std::uint64_t frame) {
    const auto tag = policy_.tag("game::ai");
    for (unsigned n = 0; n < kSearchesPerChunk; ++n) {
      const std::uint64_t turn =
          frame * kChunks * kSearchesPerChunk + chunk * kSearchesPerChunk + n;
      Agent& agent = agents_[turn % kAgents];
      const auto scratch = policy_.scratch();
      search(agent);
    }
  }

  /// Moves every agent toward the next cell of its way.
  void walk() {
    for (std::size_t i = 0; i < kAgents; ++i) {
      Agent& agent = agents_[i];
      if (++agent.wait >= 6U) {
        agent.wait = 0;
        if (agent.at < agent.steps) agent.cell = agent.way[agent.at++];
      }
      targets_[2 * i] = (static_cast<float>(agent.cell % kSide) / kSide * 2.0F - 1.0F) * kHalfWidth;
      targets_[2 * i + 1] = static_cast<float>(agent.cell / kSide) / kSide * kHeight;
    }
  }

  /// Where the agents are: x and y alternate.
  std::span<const float> targets() const noexcept { return targets_; }
  static constexpr std::size_t searches_per_frame() noexcept {
    return static_cast<std::size_t>(kChunks) * kSearchesPerChunk;
  }

  void add_to(Checksum& sum) const {
    for (const Agent& agent : agents_) {
      sum.add((static_cast<std::uint64_t>(agent.cell) << 32U) |
              (static_cast<std::uint64_t>(agent.goal) << 16U) | agent.steps);
    }
  }

 private:
  using Cell = std::uint16_t;
  static constexpr Cell kNowhere = 0xFFFF;
  static constexpr unsigned kKeptSteps = 24;
  static constexpr std::size_t kMostTurns = std::size_t{4} * kCells;

  struct Agent {
    Cell cell = 0;
    Cell goal = 0;
    std::uint16_t steps = 0;
    std::uint16_t at = 0;
    std::uint32_t wait = 0;
    std::uint32_t rng_state = 0;
    std::array<Cell, kKeptSteps> way{};
  };

  struct Open {
    std::uint16_t estimate = 0;
    std::uint16_t cost = 0;
    Cell cell = 0;
    // The cell decides between equals: the order must not depend on the heap's history.
    bool operator<(const Open& other) const noexcept {
      return estimate != other.estimate ? estimate > other.estimate : cell > other.cell;
    }
  };

  Cell open_cell(Pcg32& rng) const {
    for (;;) {
      const auto cell = static_cast<Cell>(rng.below(kCells));
      if (wall_[cell] == 0) return cell;
    }
  }

  static std::uint16_t distance(Cell a, Cell b) noexcept {
    const int dx = static_cast<int>(a % kSide) - static_cast<int>(b % kSide);
    const int dy = static_cast<int>(a / kSide) - static_cast<int>(b / kSide);
    return static_cast<std::uint16_t>((dx < 0 ? -dx : dx) + (dy < 0 ? -dy : dy));
  }

  void search(Agent& agent) {
    if (agent.cell == agent.goal || agent.steps == 0) {
      Pcg32 rng(agent.rng_state, agent.cell);
      agent.goal = open_cell(rng);
      agent.rng_state = rng.next();
    }
    auto local = policy_.local();
    auto came_from = local.template array<Cell>(kCells);
    auto best = local.template array<std::uint16_t>(kCells);
    std::fill_n(came_from.data(), kCells, kNowhere);
    std::fill_n(best.data(), kCells, std::uint16_t{0xFFFF});
    auto open = local.template vec<Open>();
    best[agent.cell] = 0;
    open.push_back({distance(agent.cell, agent.goal), 0, agent.cell});
    // A frame gives a search only so many turns.
    for (std::size_t turn = 0; turn < kMostTurns && !open.empty(); ++turn) {
      const Open here = open[0];
      std::pop_heap(open.begin(), open.end());
      open.pop_back();
      if (here.cell == agent.goal) break;
      if (here.cost > best[here.cell]) continue;
      const auto try_cell = [&](unsigned cell) {
        const auto cost = static_cast<std::uint16_t>(here.cost + 1);
        if (wall_[cell] != 0 || cost >= best[cell]) return;
        best[cell] = cost;
        came_from[cell] = here.cell;
        const auto next = static_cast<Cell>(cell);
        open.push_back({static_cast<std::uint16_t>(cost + distance(next, agent.goal)), cost, next});
        std::push_heap(open.begin(), open.end());
      };
      if (here.cell % kSide != 0U) try_cell(here.cell - 1U);
      if (here.cell % kSide != kSide - 1U) try_cell(here.cell + 1U);
      if (here.cell >= kSide) try_cell(here.cell - kSide);
      if (here.cell + kSide < kCells) try_cell(here.cell + kSide);
    }
    keep_way(agent, came_from);
  }

  template <class CameFrom>
  void keep_way(Agent& agent, CameFrom& came_from) {
    agent.steps = 0;
    agent.at = 0;
    if (came_from[agent.goal] == kNowhere) return;
    auto local = policy_.local();
    auto backwards = local.template vec<Cell>();
    for (Cell cell = agent.goal; cell != agent.cell; cell = came_from[cell]) {
      backwards.push_back(cell);
    }
    const std::size_t kept = std::min<std::size_t>(backwards.size(), kKeptSteps);
    for (std::size_t i = 0; i < kept; ++i) agent.way[i] = backwards[backwards.size() - 1 - i];
    agent.steps = static_cast<std::uint16_t>(kept);
  }

  Policy& policy_;
  std::array<std::uint8_t, kCells> wall_{};
  std::array<Agent, kAgents> agents_{};
  std::array<float, 2 * kAgents> targets_{};
};

}  // namespace fa_demo
