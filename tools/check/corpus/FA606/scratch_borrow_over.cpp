// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  fa::ScratchPool& pool = alloc.scratch_pool("search");
  int* best = nullptr;
  {
    fa::ScratchBorrow borrow = pool.borrow();
    best = borrow.alloc<int>();
    *best = 8;
  }
  return *best;  // expect: FA606
}
