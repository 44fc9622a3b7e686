// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>

namespace fa = framealloc;

struct Buffers {
  std::array<std::array<int, 64>, 2> data{};
  int current = 0;
  int* begin_frame() { return data[static_cast<std::size_t>(current)].data(); }
  void end_frame() { current ^= 1; }
};
int run(Buffers& buffers) {
  int* mine = buffers.begin_frame();
  mine[0] = 1;
  buffers.end_frame();
  return mine[0];
}
