// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Grid {
  int* cells = nullptr;
  int width = 0;
};
class World {
 public:
  void resize(fa::SmartAlloc& alloc, int width) {
    Grid grid;
    grid.width = width;
    grid.cells = alloc.frame_alloc_batch<int>(static_cast<std::size_t>(width));
    grid_ = grid;  // expect: FA601
  }
  int width() const { return grid_.width; }

 private:
  Grid grid_;
};
int use(World& world, fa::SmartAlloc& alloc) {
  world.resize(alloc, 3);
  return world.width();
}
