// SPDX-License-Identifier: MIT OR Apache-2.0
// framealloc_bench: see README.md for how to read what it prints.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "modes/instructions.hpp"
#include "modes/self_check.hpp"
#include "modes/timing.hpp"
#include "peers/peers.hpp"

namespace {

constexpr char kTunables[] = "GLIBC_TUNABLES";
constexpr char kStaticTls[] = "glibc.rtld.optional_static_tls=65536";

constexpr char kUsage[] =
    R"(usage: framealloc_bench [options] [--benchmark_... options of Google Benchmark]

  (no option)             measure: random interleaving, 15 repetitions
  --quick                 9 repetitions, shorter samples
  --filter REGEX          only rows whose name WORKLOAD/PEER matches
  --no-quiet              count every slice, not only undisturbed ones
  --note TEXT             say what was built; goes into the tables and the JSON
  --instructions FILE     instructions per operation, as written by instructions.sh
  --svg FILE              write the plot
  --table FILE            write the tables as Markdown
  --latency-frames N      frames per peer in W8 (default 200000; 0 leaves W8 out)
  --self-check [PART]     prove that every row does equal work, and stop
  --instr WORKLOAD PEER N run N rounds of matching rows ("all" matches all) for callgrind
  --list                  print the rows and stop
)";

// jemalloc and tcmalloc want thread-local memory that the loader must set aside when the process
// starts; the only switch is an environment variable that it reads before main.
void restart_with_room_for_thread_locals(char** argv) {
  const char* now = std::getenv(kTunables);
  if (now != nullptr && std::strstr(now, "optional_static_tls") != nullptr) return;
  const std::string wanted = now == nullptr ? kStaticTls : std::string(now) + ":" + kStaticTls;
  setenv(kTunables, wanted.c_str(), 1);
  execv("/proc/self/exe", argv);
  std::perror("framealloc_bench: could not restart itself; some peers may not load");
}

void print_left_out(const bench::Rows& rows) {
  for (const std::string& line : rows.left_out()) {
    std::fprintf(stderr, "left out: %s\n", line.c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  restart_with_room_for_thread_locals(argv);
  const std::vector<std::string_view> args(argv + 1, argv + argc);
  if (!args.empty() && (args[0] == "--help" || args[0] == "-h")) {
    std::fputs(kUsage, stdout);
    return 0;
  }

  bench::Rows rows;
  bench::add_all_peers(rows);
  print_left_out(rows);

  if (!args.empty() && args[0] == "--list") {
    for (const bench::Row& row : rows.all()) std::puts(row.name().c_str());
    return 0;
  }
  if (!args.empty() && args[0] == "--self-check") {
    return bench::self_check(rows, args.size() > 1 ? args[1] : "") == 0 ? 0 : 1;
  }
  if (!args.empty() && args[0] == "--instr") {
    if (args.size() != 4) {
      std::fputs(kUsage, stderr);
      return 2;
    }
    const auto rounds = static_cast<std::size_t>(std::strtoul(argv[4], nullptr, 10));
    return bench::run_for_instructions(rows, args[1], args[2], rounds) > 0 ? 0 : 1;
  }
  return bench::run_timing(rows, argc, argv, kUsage);
}
