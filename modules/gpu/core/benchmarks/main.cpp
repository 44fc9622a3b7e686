// SPDX-License-Identifier: MIT OR Apache-2.0
// framealloc_bench_offsets: OffsetAllocator beside others, in nanoseconds a pair of allocation and
// free.
#include "comparison.hpp"
#include "workloads.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

constexpr const char* kUsage =
    "usage: framealloc_bench_offsets [--self-check] [--rounds N] [--only WORD]\n"
    "  --self-check  no clock: every range is checked, and that all peers do equal work\n"
    "  --rounds N    how often each peer takes its turn (default 501)\n"
    "  --only WORD   the workloads whose names have WORD in them\n";

struct Options {
  bool self_check = false;
  int rounds = 501;
  std::string_view only;
};

// Result: false for arguments that make no sense.
bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--self-check") {
      options.self_check = true;
    } else if (argument == "--rounds" && i + 1 < argc) {
      options.rounds = std::atoi(argv[++i]);
    } else if (argument == "--only" && i + 1 < argc) {
      options.only = argv[++i];
    } else {
      return false;
    }
  }
  return options.rounds > 0;
}

bench::Peers make_peers() {
  bench::Peers peers;
  peers.push_back(bench::make_ours());
#ifdef BENCH_HAS_VMA
  peers.push_back(bench::make_vma());
#else
  std::puts("VMA left out: configure with -DFRAMEALLOC_VMA_INCLUDE=<folder of vk_mem_alloc.h>");
#endif
#ifdef BENCH_HAS_OFFSETALLOCATOR
  peers.push_back(bench::make_offset_allocator());
#else
  std::puts(
      "OffsetAllocator left out: configure with -DFRAMEALLOC_OFFSETALLOCATOR_SOURCE=<folder>");
#endif
  return peers;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  bench::Peers peers = make_peers();
  bool equal = true;
  int workloads = 0;
  for (const bench::Workload& workload : bench::make_workloads()) {
    if (workload.name.find(options.only) == std::string_view::npos) continue;
    ++workloads;
    if (options.self_check) {
      equal = bench::same_work(peers, workload) && equal;
    } else {
      bench::compare(peers, workload, options.rounds);
    }
  }
  if (workloads == 0) {
    std::fputs("bench: no workload has that word in its name\n", stderr);
    return 2;
  }
  if (!equal) std::fputs("bench: the peers did not do equal work\n", stderr);
  return equal ? 0 : 1;
}
