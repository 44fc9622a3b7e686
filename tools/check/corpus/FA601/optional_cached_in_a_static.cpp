// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <optional>

namespace fa = framealloc;

struct Grid {
  int* cells = nullptr;
  int width = 0;
};
const Grid& visibility(fa::SmartAlloc& alloc, int width) {
  static std::optional<Grid> cached;
  if (!cached || cached->width != width) {
    cached = Grid{alloc.frame_alloc_batch<int>(64), width};  // expect: FA601
  }
  return *cached;
}
