// SPDX-License-Identifier: MIT OR Apache-2.0
#include "instructions.hpp"

#include <cstdio>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#define BENCH_HAS_CALLGRIND 1
#else
#define BENCH_HAS_CALLGRIND 0
#endif

namespace bench {
namespace {

bool under_callgrind() {
#if BENCH_HAS_CALLGRIND
  return RUNNING_ON_VALGRIND != 0;
#else
  return false;
#endif
}

void run_marked([[maybe_unused]] const std::string& name, Case& state, std::size_t rounds) {
#if BENCH_HAS_CALLGRIND
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_ZERO_STATS;
  CALLGRIND_TOGGLE_COLLECT;
  state.run(rounds);
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT(name.c_str());
  CALLGRIND_STOP_INSTRUMENTATION;
#else
  state.run(rounds);
#endif
}

// "all" or a part of the name.
bool matches(std::string_view pattern, const std::string& name) {
  return pattern == "all" || name.find(pattern) != std::string::npos;
}

}  // namespace

int run_for_instructions(const Rows& rows, std::string_view workload, std::string_view peer,
                         std::size_t rounds) {
  if (!under_callgrind()) {
    std::fputs(BENCH_HAS_CALLGRIND
                   ? "not under callgrind: nothing is counted; see benchmarks/instructions.sh\n"
                   : "built without valgrind/callgrind.h: nothing can be counted\n",
               stderr);
  }
  int matched = 0;
  for (const Row& row : rows.all()) {
    if (!row.countable || !matches(workload, row.workload) || !matches(peer, row.peer)) continue;
    ++matched;
    const auto state = row.make();
    state->run(3);
    run_marked(row.name(), *state, rounds);
    std::printf("%s\t%zu\n", row.name().c_str(), rounds * row.ops);
    std::fflush(stdout);
  }
  return matched;
}

}  // namespace bench
