// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const int* biggest = nullptr;
  alloc.begin_frame();
  fa::FrameMap<int, int> sizes = alloc.frame_map<int, int>(8);
  sizes.insert(1, 5);
  for (const auto& [key, value] : sizes) {
    if (biggest == nullptr || value > *biggest) biggest = &value;
  }
  alloc.end_frame();
  return biggest != nullptr ? *biggest : 0;  // expect: FA606
}
