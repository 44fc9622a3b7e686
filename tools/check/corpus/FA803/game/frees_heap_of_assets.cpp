// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../assets/mesh.hpp"

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  int* indices = assets::load_indices(alloc, 36);
  indices[0] = 1;
  const int first = indices[0];
  alloc.heap_free(indices);  // expect: FA803
  return first;
}
