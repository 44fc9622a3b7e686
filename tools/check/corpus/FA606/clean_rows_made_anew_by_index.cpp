// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>
#include <cstddef>

namespace fa = framealloc;

struct Row {
  int* cells = nullptr;
};
int play(fa::SmartAlloc& alloc, int frames) {
  std::array<Row, 4> rows;
  alloc.begin_frame();
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].cells = alloc.frame_alloc_batch<int>(16);
  alloc.end_frame();
  int sum = 0;
  for (int frame = 0; frame < frames; ++frame) {
    alloc.begin_frame();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].cells = alloc.frame_alloc_batch<int>(16);
      rows[i].cells[0] = frame;
    }
    for (const Row& row : rows) sum += row.cells[0];
    alloc.end_frame();
  }
  return sum;
}
