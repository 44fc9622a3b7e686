// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts.hpp"

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

std::string verdict(const RunResult& run) {
  std::string text;
  if (run.interrupted) text += "Interrupted: this covers the frames that ran. ";
  if (run.sides.size() == 2) {
    if (!run.same_checksums) {
      return text + "The two sides computed different games: nothing here can be compared.";
    }
    if (!run.interrupted) text += "Both sides computed the same game. ";
  }
  const SideResult* ours = run.side("framealloc");
  if (ours == nullptr) return text;
  const std::vector<std::string> complaints = steady_complaints(run, *ours);
  if (complaints.empty()) {
    return text +
           "A steady frame on framealloc calls malloc 0 times, makes 0 system calls for memory and "
           "takes 0 page faults.";
  }
  text += "A steady frame on framealloc is not shown to be free of memory traffic: ";
  for (std::size_t i = 0; i < complaints.size(); ++i) {
    if (i != 0) text += "; ";
    text += complaints[i];
  }
  return text + ".";
}

}  // namespace fa_demo
