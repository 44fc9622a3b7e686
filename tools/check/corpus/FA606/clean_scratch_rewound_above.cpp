// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  fa::ScratchPool& pool = alloc.scratch_pool("search");
  int* start = pool.alloc<int>();
  *start = 1;
  const fa::ScratchCheckpoint mark = pool.checkpoint();
  int* next = pool.alloc<int>();
  *next = *start;
  pool.rewind(mark);
  return *start;
}
