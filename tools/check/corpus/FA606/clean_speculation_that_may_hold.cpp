// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int evaluate();
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* path = nullptr;
  const auto outcome = alloc.speculative([&] {
    path = alloc.frame_alloc<int>();
    *path = evaluate();
    return *path > 3;
  });
  return outcome ? *path : 0;
}
