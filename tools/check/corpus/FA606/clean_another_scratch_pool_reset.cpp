// SPDX-License-Identifier: MIT OR Apache-2.0
// The registry resets a pool of another name.
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
int decode(fa::SmartAlloc& alloc) {
  fa::ScratchPool& pool = alloc.scratch().pool("decode");
  int* table = pool.alloc<int>();
  *table = 4;
  alloc.scratch().reset("encode");
  const int first = *table;
  alloc.scratch().reset("decode");
  return first;
}
