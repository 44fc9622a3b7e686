// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  fa::ScratchPool& pool = alloc.scratch_pool("search");
  int* open = pool.alloc<int>();
  *open = 1;
  pool.reset();
  return *open;  // expect: FA606
}
