// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

int find(fa::SmartAlloc& alloc, const std::vector<int>& keys, int wanted) {
  const auto frame = alloc.scoped_frame();
  int tries = 0;
  for (const int key : keys) {
    int* probe = alloc.frame_alloc<int>();
    *probe = key;
    ++tries;
    if (*probe == wanted) break;
  }
  return tries;
}
