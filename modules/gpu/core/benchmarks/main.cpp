// SPDX-License-Identifier: MIT OR Apache-2.0
// framealloc_bench_offsets [--self-check] [ROUNDS]
#include "comparison.hpp"
#include "workloads.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int argc, char** argv) {
  bench::Peers peers;
  peers.push_back(bench::make_ours());
#ifdef BENCH_HAS_VMA
  peers.push_back(bench::make_vma());
#else
  std::puts("VMA left out: configure with -DFRAMEALLOC_VMA_INCLUDE=FOLDER_OF_vk_mem_alloc.h");
#endif
#ifdef BENCH_HAS_OFFSETALLOCATOR
  peers.push_back(bench::make_offset_allocator());
#else
  std::puts("OffsetAllocator left out: configure with -DFRAMEALLOC_OFFSETALLOCATOR_SOURCE=FOLDER");
#endif
  const bool check = argc > 1 && std::strcmp(argv[1], "--self-check") == 0;
  const int rounds = argc > 1 && !check ? std::atoi(argv[1]) : 31;
  if (rounds <= 0) {
    std::fprintf(stderr, "usage: %s [--self-check | ROUNDS]\n", argv[0]);
    return 2;
  }
  bool equal = true;
  for (const bench::Workload& workload : bench::make_workloads()) {
    if (check) {
      equal = bench::same_work(peers, workload) && equal;
    } else {
      bench::compare(peers, workload, rounds);
    }
  }
  if (!equal) std::fputs("bench: the peers did not do equal work\n", stderr);
  return equal ? 0 : 1;
}
