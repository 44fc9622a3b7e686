// SPDX-License-Identifier: MIT OR Apache-2.0
// Where an algorithm stopped is told by iterators into what it read and what it wrote.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace fa = framealloc;

struct Tile {
  int id;
  bool dirty;
};
int last_dirty(fa::SmartAlloc& alloc, std::span<const Tile> tiles) {
  alloc.begin_frame();
  auto dirty = alloc.frame_slice<Tile>(tiles.size() + 1);
  const auto copied =
      std::ranges::copy_if(tiles, dirty.begin(), [](const Tile& tile) { return tile.dirty; });
  alloc.end_frame();
  return (copied.out - 1)->id;  // expect: FA606
}
int first_change(fa::SmartAlloc& alloc, const std::vector<int>& before) {
  alloc.begin_frame();
  auto now = alloc.frame_vec<int>(before.size());
  for (const int value : before) now.push_back(value + 1);
  const auto apart = std::mismatch(now.begin(), now.end(), before.begin());
  alloc.end_frame();
  return *apart.first;  // expect: FA606
}
