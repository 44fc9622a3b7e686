// SPDX-License-Identifier: MIT OR Apache-2.0
// framealloc_bench_c_hooks: C libraries on our memory, under a tag with a budget, beside the same work on
// the C library's malloc, in one process and in turns of random order.
//
//   framealloc_bench_c_hooks [--rounds N] [--seed S]      a table: medians, and the quartiles of the ratio
//   framealloc_bench_c_hooks --self-check                 that both sides come to the same
//   framealloc_bench_c_hooks --once NAME ours|c           one run, for callgrind
#include "workload.hpp"

#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

namespace {

using bench::Side;

struct Workload {
  const char* name;
  bench::Run run;
};

constexpr Workload kWorkloads[] = {
    {"lua", &bench::run_lua},
    {"sqlite", &bench::run_sqlite},
    {"sqlite_without_statistics", &bench::run_sqlite_without_statistics},
};

struct Host {
  Host() {
    config.enable_budgets = true;
    alloc.emplace(config);
    alloc->budgets()->register_tag_budget("library", 0, std::size_t{256} << 20);
    memory.emplace(*alloc, "library");
  }
  framealloc::AllocConfig config;
  std::optional<framealloc::SmartAlloc> alloc;
  std::optional<framealloc::c_hooks::Memory> memory;
};

// Result: milliseconds of this thread's processor time; below 0 when the work failed.
double measure(const Workload& workload, Side side, Host& host, std::int64_t expected) {
  timespec from{};
  timespec to{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
  const std::int64_t got = workload.run(side, *host.memory);
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
  if (got == 0 || (expected != 0 && got != expected)) return -1;
  return static_cast<double>(to.tv_sec - from.tv_sec) * 1e3 +
         static_cast<double>(to.tv_nsec - from.tv_nsec) / 1e6;
}

double at(std::vector<double>& values, double share) {
  const auto nth = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(nth), values.end());
  return values[nth];
}

// Result: false when the sides disagree.
bool compare(const Workload& workload, int rounds, std::mt19937& random) {
  Host host;
  const std::int64_t expected = workload.run(Side::CLibrary, *host.memory);
  bool fine = expected != 0 && workload.run(Side::Ours, *host.memory) == expected;
  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> ratio;
  for (int i = 0; i < rounds && fine; ++i) {
    double took[2] = {};
    const bool reversed = random() % 2 == 0;
    for (const Side side :
         {reversed ? Side::CLibrary : Side::Ours, reversed ? Side::Ours : Side::CLibrary}) {
      took[static_cast<int>(side)] = measure(workload, side, host, expected);
      fine = fine && took[static_cast<int>(side)] >= 0;
    }
    ours.push_back(took[0]);
    theirs.push_back(took[1]);
    ratio.push_back(took[0] / took[1]);
  }
  fine = fine && host.memory->stats().blocks == 0;
  if (!fine) {
    std::printf("%-28s the two sides did not come to the same\n", workload.name);
  } else if (rounds > 0) {
    const double center = at(ratio, 0.5);
    std::printf("%-28s %10.2f %10.2f %8.3f   %.3f to %.3f\n", workload.name, at(ours, 0.5),
                at(theirs, 0.5), center, at(ratio, 0.25), at(ratio, 0.75));
  }
  return fine;
}

int usage() {
  std::fputs(
      "usage: framealloc_bench_c_hooks [--rounds N] [--seed S] | --self-check | --once NAME "
      "ours|c\n",
      stderr);
  return 2;
}

int run_once(std::string_view name, std::string_view side) {
  for (const Workload& workload : kWorkloads) {
    if (workload.name != name) continue;
    Host host;
    return workload.run(side == "ours" ? Side::Ours : Side::CLibrary, *host.memory) != 0 ? 0 : 1;
  }
  return usage();
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = 101;
  unsigned seed = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--once" && i + 2 < argc) return run_once(argv[i + 1], argv[i + 2]);
    if (word == "--self-check") {
      rounds = 0;
    } else if (word == "--rounds" && i + 1 < argc) {
      rounds = std::atoi(argv[++i]);
    } else if (word == "--seed" && i + 1 < argc) {
      seed = static_cast<unsigned>(std::atoi(argv[++i]));
    } else {
      return usage();
    }
  }
  if (rounds > 0) {
    std::printf("%d rounds, seed %u, processor time in ms\n", rounds, seed);
    std::printf("%-28s %10s %10s %8s   %s\n", "", "ours", "C library", "ratio", "its quartiles");
  }
  std::mt19937 random(seed);
  bool fine = true;
  for (const Workload& workload : kWorkloads) fine = compare(workload, rounds, random) && fine;
  return fine ? 0 : 1;
}
