// SPDX-License-Identifier: MIT OR Apache-2.0
#include "latency.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <string_view>
#include <vector>

#include "../harness/cycle_clock.hpp"

namespace bench {
namespace {

constexpr double kBlockNs = 250'000;
// When this share of the blocks was disturbed, the disturbed ones count too: better than no end.
constexpr double kMostLeftOut = 0.9;

constexpr std::string_view kPeers[] = {
    "framealloc-arena", "framealloc", "floor-bump-reg", "floor-bump-tls", "pmr-monotonic",
    "foonathan-stack",  "mimalloc",   "tcmalloc",       "jemalloc",       "glibc"};

struct Contender {
  const Row* row;
  std::unique_ptr<Case> state;
  std::vector<std::uint64_t> frames;  // ticks; every page touched before the first frame
  std::size_t block = 1;              // frames
  std::size_t done = 0;
  std::uint64_t faults = 0;
  std::size_t blocks = 0;
  std::size_t left_out = 0;
};

std::uint64_t page_faults() {
  rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_minflt) + static_cast<std::uint64_t>(usage.ru_majflt);
}
// Only unwilling ones: a thread that goes to sleep in an allocator's lock is that allocator's
// doing.
std::uint64_t preemptions() {
  rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_nivcsw);
}

void run_block(Contender& contender) {
  const std::size_t frames = std::min(contender.block, contender.frames.size() - contender.done);
  contender.state->run(2);  // the frame after another peer's block pays for cold caches
  const std::uint64_t switches = preemptions();
  const bool before = canary_at_full_speed();
  const std::uint64_t faults = page_faults();
  std::uint64_t* out = contender.frames.data() + contender.done;
  for (std::size_t i = 0; i < frames; ++i) {
    const std::uint64_t start = ticks();
    contender.state->run(1);
    out[i] = ticks() - start;
  }
  contender.faults += page_faults() - faults;
  const bool quiet = before && canary_at_full_speed() && preemptions() == switches;
  ++contender.blocks;
  const double left_out =
      static_cast<double>(contender.left_out) / static_cast<double>(contender.blocks);
  if (quiet || left_out > kMostLeftOut) {
    contender.done += frames;
  } else {
    ++contender.left_out;
  }
}

void prepare(Contender& contender) {
  contender.state->run(100);
  double fastest = 1e18;
  for (int i = 0; i < 100; ++i) fastest = std::min(fastest, contender.state->time(1).ns);
  contender.block = std::max<std::size_t>(1, static_cast<std::size_t>(kBlockNs / fastest));
}

}  // namespace

bool has_latency_row(const Row& row) {
  return row.workload == "W1/64" &&
         std::find(std::begin(kPeers), std::end(kPeers), row.peer) != std::end(kPeers);
}

void run_latency(const Rows& rows, std::size_t frames, Results& results, Progress& progress) {
  std::vector<Contender> contenders;
  for (const Row& row : rows.all()) {
    if (!has_latency_row(row)) continue;
    contenders.push_back({&row, row.make(), std::vector<std::uint64_t>(frames, 1)});
    prepare(contenders.back());
  }
  std::mt19937 random(8);
  for (;;) {
    // Every contender that is not done does one block, in a new order each time.
    std::vector<Contender*> order;
    for (Contender& contender : contenders) {
      if (contender.done < frames) order.push_back(&contender);
    }
    if (order.empty()) break;
    std::shuffle(order.begin(), order.end(), random);
    for (Contender* contender : order) run_block(*contender);
    progress.step("W8");
  }
  for (Contender& contender : contenders) {
    auto& times = contender.frames;
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) {
      const auto index = static_cast<std::size_t>(share * static_cast<double>(frames - 1));
      return static_cast<double>(times[index]) * ns_per_tick();
    };
    const std::string& peer = contender.row->peer;
    results.add_value("W8/p50", peer, at(0.5));
    results.add_value("W8/p99", peer, at(0.99));
    results.add_value("W8/p99.9", peer, at(0.999));
    results.add_value("W8/max", peer, at(1.0));
    results.add_value("W8/faults", peer, static_cast<double>(contender.faults));
    results.add_value(
        "W8/blocks left out", peer,
        static_cast<double>(contender.left_out) / static_cast<double>(contender.blocks));
  }
}

}  // namespace bench
