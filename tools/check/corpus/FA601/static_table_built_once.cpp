// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

std::span<const int> table(fa::SmartAlloc& alloc) {
  static std::span<const int> cached;
  if (cached.empty()) {
    auto made = alloc.frame_slice<int>(32);
    made[0] = 1;
    cached = made;  // expect: FA601
  }
  return cached;
}
