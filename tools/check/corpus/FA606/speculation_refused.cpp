// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* path = nullptr;
  (void)alloc.speculative([&] {
    path = alloc.frame_alloc<int>();
    *path = 4;
    return false;
  });
  return *path;  // expect: FA606
}
