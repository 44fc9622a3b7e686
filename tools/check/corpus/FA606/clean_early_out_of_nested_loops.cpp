// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Cell {
  int cost = 0;
  Cell* from = nullptr;
};
int path(fa::SmartAlloc& alloc, const int* map, int size) {
  alloc.begin_frame();
  Cell* open = nullptr;
  int steps = 0;
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      if (map[y * size + x] == 0) continue;
      if (map[y * size + x] == 9) {
        const int result = open != nullptr ? open->cost : 0;
        alloc.end_frame();
        return result;
      }
      if (steps % 2 == 0) {
        Cell* cell = alloc.frame_new<Cell>();
        cell->cost = map[y * size + x];
        cell->from = open;
        open = cell;
      }
      ++steps;
    }
    if (open != nullptr && open->cost > 100) break;
  }
  int total = 0;
  for (const Cell* at = open; at != nullptr; at = at->from) total += at->cost;
  alloc.end_frame();
  return total;
}
