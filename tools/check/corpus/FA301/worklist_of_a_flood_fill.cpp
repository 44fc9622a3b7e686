// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Cell {
  int x = 0, y = 0;
  Cell* next = nullptr;
};
bool blocked(int x, int y);

int fill(fa::SmartAlloc& alloc) {
  Cell* open = alloc.frame_new<Cell>();
  int visited = 0;
  while (open != nullptr) {  // expect: FA301
    const Cell cell = *open;
    open = open->next;
    ++visited;
    if (!blocked(cell.x + 1, cell.y)) {
      Cell* more = alloc.frame_new<Cell>();
      more->x = cell.x + 1;
      more->next = open;
      open = more;
    }
  }
  return visited;
}
