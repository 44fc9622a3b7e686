// SPDX-License-Identifier: MIT OR Apache-2.0
// The registry resets the pool that the memory is of.
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
int decode(fa::SmartAlloc& alloc) {
  fa::ScratchPool& pool = alloc.scratch_pool("decode");
  int* table = pool.alloc<int>();
  *table = 4;
  alloc.scratch().reset("decode");
  return *table;  // expect: FA606
}
