// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts.hpp"

#include <algorithm>
#include <functional>

#include "format.hpp"

namespace fa_demo {
namespace {

constexpr const char* kNotCounted = "not counted";

using Cell = std::function<std::string(const SideResult&)>;

Cell counted(const RunResult& run, double SteadyFacts::* value) {
  return [&run, value](const SideResult& side) -> std::string {
    if (!run.calls_counted || side.steady.counted_frames == 0) return kNotCounted;
    return per_frame(side.steady.*value);
  };
}

Cell traced(std::uint64_t SyscallCensus::* value) {
  return [value](const SideResult& side) -> std::string {
    const SyscallCensus& calls = side.system_calls;
    if (!calls.measured) return kNotCounted;
    return per_frame(static_cast<double>(calls.*value) / static_cast<double>(calls.frames));
  };
}

}  // namespace

std::vector<Fact> steady_facts(const RunResult& run) {
  std::vector<Fact> facts;
  const auto add = [&](std::string label, const Cell& cell) {
    Fact fact{std::move(label), {}};
    for (const SideResult& side : run.sides) fact.values.push_back(cell(side));
    facts.push_back(std::move(fact));
  };
  add("malloc calls by our code", counted(run, &SteadyFacts::our_allocations));
  add("bytes asked of malloc by our code", [&run](const SideResult& side) -> std::string {
    if (!run.calls_counted || side.steady.counted_frames == 0) return kNotCounted;
    return byte_count(side.steady.our_bytes);
  });
  add("malloc calls by Box2D", counted(run, &SteadyFacts::box2d_allocations));
  add("malloc calls in all", counted(run, &SteadyFacts::all_allocations));
  add("mmap, munmap, madvise, mprotect by our code", counted(run, &SteadyFacts::our_mappings));
  const auto faults = [&run](const SideResult& side) -> std::string {
    return run.faults_counted ? per_frame(side.steady.faults) : kNotCounted;
  };
  const auto most_faults = [&run](const SideResult& side) -> std::string {
    return run.faults_counted ? grouped(side.steady.most_faults) : kNotCounted;
  };
  const auto physics_faults = [&run](const SideResult& side) -> std::string {
    return run.faults_counted ? per_frame(side.steady.physics_faults) : kNotCounted;
  };
  add("page faults, whole process", faults);
  add("  most in one frame", most_faults);
  add("  of them inside b2World::Step", physics_faults);
  add("system calls for memory (mmap, brk, ...)", traced(&SyscallCensus::memory));
  add("futex calls, job hand-off aside", traced(&SyscallCensus::futex));
  add("other system calls", traced(&SyscallCensus::other));
  add("  the demo's own job hand-off", traced(&SyscallCensus::hand_off));
  return facts;
}

std::vector<Fact> feature_facts(const RunResult& run) {
  std::vector<Fact> facts;
  const auto add = [&](std::string label, const Cell& cell) {
    Fact fact{std::move(label), {}};
    for (const SideResult& side : run.sides) fact.values.push_back(cell(side));
    facts.push_back(std::move(fact));
  };
  const auto percent = [](double FragmentationUse::* value) -> Cell {
    return [value](const SideResult& side) -> std::string {
      const HandleUse& use = side.features.handles;
      return use.fragmentation_known ? concat(fixed(use.fragmentation.*value * 100.0, 1), " %")
                                     : "not known";
    };
  };
  add("handles: objects alive",
      [](const SideResult& side) { return grouped(side.features.handles.live); });
  add("  moved by compaction",
      [](const SideResult& side) { return grouped(side.features.handles.moved); });
  add("  holes before the latest compaction", percent(&FragmentationUse::before));
  add("  holes after it", percent(&FragmentationUse::after));
  const auto bytes = [](std::size_t StreamingUse::* value) -> Cell {
    return [value](const SideResult& side) {
      return byte_count(static_cast<double>(side.features.streaming.*value));
    };
  };
  const auto times = [](std::uint64_t StreamingUse::* value) -> Cell {
    return [value](const SideResult& side) { return grouped(side.features.streaming.*value); };
  };
  add("streaming: budget", bytes(&StreamingUse::budget));
  add("  resident", bytes(&StreamingUse::resident_bytes));
  add("  textures found ready", times(&StreamingUse::hits));
  add("  loaded", times(&StreamingUse::loads));
  add("  evicted", times(&StreamingUse::evictions));
  add("retention: results kept beyond their frame",
      [](const SideResult& side) { return grouped(side.features.retention.promoted); });
  add("  ended with it",
      [](const SideResult& side) { return grouped(side.features.retention.discarded); });
  return facts;
}

namespace {

// "3 %" as "+3 %" against the first side; "" for that one.
std::string compared(double value, double first) {
  if (first <= 0.0 || value == first) return "";
  const double percent = (value / first - 1.0) * 100.0;
  return concat(" (", percent < 0.0 ? "" : "+", fixed(percent, 0), " %)");
}

// What every side says, joined to a sentence.
std::string by_side(const RunResult& run, const Cell& cell) {
  std::string text;
  for (const SideResult& side : run.sides) {
    if (!text.empty()) text += "; ";
    text += concat(side_title(side.name), " ", cell(side));
  }
  return text;
}

std::string traffic_verdict(const RunResult& run) {
  return "A steady frame's allocations, system calls for memory, page faults: " +
         by_side(run,
                 [&run](const SideResult& side) {
                   const SyscallCensus& calls = side.system_calls;
                   const bool counted = run.calls_counted && side.steady.counted_frames != 0;
                   const double system =
                       static_cast<double>(calls.memory + calls.futex) /
                       static_cast<double>(std::max<std::uint32_t>(calls.frames, 1));
                   return concat(counted ? per_frame(side.steady.our_allocations) : "?", ", ",
                                 calls.measured ? per_frame(system) : "?", ", ",
                                 run.faults_counted ? per_frame(side.steady.faults) : "?");
                 }) +
         ".";
}

std::string time_verdict(const RunResult& run) {
  const auto time = [&run](Percentiles SideResult::* times) {
    return by_side(run, [&run, times](const SideResult& side) {
      const auto value = static_cast<double>((side.*times).p50);
      const auto first = static_cast<double>((run.sides[0].*times).p50);
      return concat(fixed(value / 1e6, 2), compared(value, first));
    });
  };
  return concat("Median ms of our code, without Box2D's step: ", time(&SideResult::our_times),
                ". Whole frame: ", time(&SideResult::times), ".");
}

}  // namespace

std::vector<std::string> verdict(const RunResult& run) {
  if (!run.same_checksums) {
    return {"The sides computed different games: nothing here can be compared."};
  }
  std::vector<std::string> lines{traffic_verdict(run), time_verdict(run)};
  if (run.interrupted) lines[0] = "Interrupted: this covers the frames that ran. " + lines[0];
  return lines;
}

std::string not_shown(const RunResult& run) {
  const SideResult* ours = run.side("framealloc");
  if (ours == nullptr || !run.same_checksums) return "";
  const std::vector<std::string> complaints = steady_complaints(run, *ours);
  std::string text;
  for (const std::string& complaint : complaints) {
    text += concat(text.empty() ? "A steady frame on framealloc is not shown to be free of memory "
                                  "traffic: "
                                : "; ",
                   complaint);
  }
  return text.empty() ? text : text + ".";
}

std::string score(const RunResult& run) {
  if (run.sides.size() < 2 || run.sides[0].phases.empty()) return "";
  std::vector<std::size_t> wins(run.sides.size()), losses(run.sides.size());
  const std::size_t parts = run.sides[0].phases.size();
  for (std::size_t part = 0; part < parts; ++part) {
    const Standing standing = standing_of(run, medians_of_part(run, part));
    for (std::size_t side = 0; side < wins.size(); ++side) {
      if (standing.fastest.empty() || standing.is_fastest(side)) ++wins[side];
      if (standing.slowest == side) ++losses[side];
    }
  }
  std::string text = concat("Of ", std::to_string(parts), " parts:");
  for (std::size_t i = 0; i < wins.size(); ++i) {
    text += concat(i == 0 ? " " : "; ", side_title(run.sides[i].name), " is among the fastest in ",
                   std::to_string(wins[i]), ", far behind in ", std::to_string(losses[i]));
  }
  return text + ".";
}

}  // namespace fa_demo
