// SPDX-License-Identifier: MIT OR Apache-2.0
#include "timing.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "../harness/ping_pong.hpp"
#include "../harness/quiet_slice.hpp"
#include "../harness/sampler.hpp"
#include "../report/machine.hpp"
#include "../report/plot.hpp"
#include "../report/progress.hpp"
#include "../report/results.hpp"
#include "../report/table.hpp"
#include "../report/targets.hpp"
#include "latency.hpp"
#include "memory.hpp"
#include "system_calls.hpp"

namespace bench {
namespace {

struct Options {
  bool quick = false;
  std::string note;
  std::string instructions;
  std::string svg;
  std::string table;
  std::string filter = ".";
  std::size_t latency_frames = 200'000;
  std::size_t repetitions = 15;
  SamplerOptions sampler;
  std::vector<std::string> google;
};

// Result: false for an argument that is neither ours nor Google Benchmark's.
bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    const bool has_value = i + 1 < argc;
    if (arg == "--quick") {
      options.quick = true;
    } else if (arg == "--no-quiet") {
      options.sampler.only_quiet = false;
    } else if (arg == "--note" && has_value) {
      options.note = argv[++i];
    } else if (arg == "--instructions" && has_value) {
      options.instructions = argv[++i];
    } else if (arg == "--svg" && has_value) {
      options.svg = argv[++i];
    } else if (arg == "--table" && has_value) {
      options.table = argv[++i];
    } else if (arg == "--filter" && has_value) {
      options.filter = argv[++i];
    } else if (arg == "--latency-frames" && has_value) {
      options.latency_frames = std::strtoul(argv[++i], nullptr, 10);
    } else if (arg.starts_with("--benchmark_")) {
      options.google.emplace_back(arg);
    } else {
      std::fprintf(stderr, "framealloc_bench: unknown or incomplete argument %s\n", argv[i]);
      return false;
    }
  }
  if (options.quick) {
    if (options.latency_frames == Options().latency_frames) options.latency_frames = 20'000;
    options.repetitions = 9;
    options.sampler.slices = 3;
    options.sampler.attempts = 12;
  }
  return true;
}

// Lines "WORKLOAD/PEER<tab>instructions per operation".
bool read_instructions(const std::string& file, const Rows& rows, Results& results) {
  std::map<std::string, const Row*> by_name;
  for (const Row& row : rows.all()) by_name[row.name()] = &row;
  std::ifstream in(file);
  if (!in) {
    std::fprintf(stderr, "framealloc_bench: cannot read %s\n", file.c_str());
    return false;
  }
  std::string name;
  double per_op = 0;
  while (in >> name >> per_op) {
    const auto found = by_name.find(name);
    if (found == by_name.end()) continue;
    results.add_instructions(found->second->workload, found->second->peer, per_op);
  }
  return true;
}

// Google Benchmark runs one iteration per repetition; the sampler decides what a repetition is and
// reports nanoseconds per operation, with the disturbed slices already left out.
void register_rows(std::vector<Sampler>& samplers, Results& results, Progress& progress) {
  for (Sampler& sampler : samplers) {
    benchmark::RegisterBenchmark(sampler.row().name().c_str(), [&](benchmark::State& state) {
      for ([[maybe_unused]] const auto unused : state) {
        const Sample sample = sampler.sample();
        state.SetIterationTime(sample.ns_per_op * 1e-9);
        state.counters["quiet_slices"] = static_cast<double>(sample.quiet);
        state.counters["slices"] = static_cast<double>(sample.attempts);
        results.add(sampler.row(), sample);
      }
      const Row& row = sampler.row();
      if (const auto count = results.instructions(row.workload, row.peer)) {
        state.counters["instructions"] = *count;
      }
      progress.step(row.name());
    })->UseManualTime();
  }
}

std::vector<char*> google_arguments(Options& options, char* program) {
  // Ours first, so that the command line may override them.
  std::vector<std::string> all = {"--benchmark_enable_random_interleaving=true",
                                  "--benchmark_min_time=0",
                                  "--benchmark_repetitions=" + std::to_string(options.repetitions)};
  all.insert(all.end(), options.google.begin(), options.google.end());
  options.google = std::move(all);
  std::vector<char*> arguments = {program};
  for (std::string& argument : options.google) arguments.push_back(argument.data());
  return arguments;
}

// The tables are ours; Google Benchmark's own lines would be one per repetition.
class SilentReporter final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

}  // namespace

int run_timing(const Rows& rows, int argc, char** argv, const char* usage) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fputs(usage, stderr);
    return 2;
  }
  Results results(rows);
  if (!options.instructions.empty() && !read_instructions(options.instructions, rows, results)) {
    return 1;
  }
  calibrate_canary();
  Progress progress;
  // Before there is a second thread: counting forks, and W8 wants the machine for itself.
  if (options.latency_frames > 0) {
    count_system_calls(rows, 200, results);
    run_latency(rows, options.latency_frames, results, progress);
  }

  const std::regex wanted(options.filter);
  std::vector<Sampler> samplers;
  samplers.reserve(rows.all().size());
  for (const Row& row : rows.all()) {
    if (std::regex_search(row.name(), wanted)) samplers.emplace_back(row, options.sampler);
  }
  progress.expect(samplers.size() * options.repetitions);
  register_rows(samplers, results, progress);

  std::vector<char*> arguments = google_arguments(options, argv[0]);
  int count = static_cast<int>(arguments.size());
  const std::string machine = machine_line();
  benchmark::AddCustomContext("machine", machine);
  if (!options.note.empty()) benchmark::AddCustomContext("sources", options.note);
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
  SilentReporter silent;
  const std::size_t ran = benchmark::RunSpecifiedBenchmarks(&silent);
  progress.finish();
  if (ran == 0) return 1;

  if (const double trip = round_trips().usual(); trip > 0) {
    results.add_value("W4/round trip of a cache line, ns", "floor-ring", trip);
  }
  if (options.filter == ".") measure_memory(rows, results);

  std::string report = "Machine: " + machine + "\n";
  if (!options.note.empty()) report.append("Sources: ").append(options.note).append("\n");
  report.append("\n").append(tables(results)).append(value_tables(results));
  report.append("\n").append(targets_table(results));
  std::fputs(report.c_str(), stdout);
  if (!options.table.empty()) std::ofstream(options.table) << report;
  if (!options.svg.empty()) std::ofstream(options.svg) << plot(results);
  return 0;
}

}  // namespace bench
