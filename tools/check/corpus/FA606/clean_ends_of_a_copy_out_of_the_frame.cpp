// SPDX-License-Identifier: MIT OR Apache-2.0
// What the algorithm read is of the frame, where it wrote is not, and the other way around.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace fa = framealloc;

struct Tile {
  int id;
  bool dirty;
};
int last_dirty(fa::SmartAlloc& alloc, std::span<const Tile> tiles, std::vector<Tile>& kept) {
  kept.resize(tiles.size() + 1);
  alloc.begin_frame();
  auto dirty = alloc.frame_slice<Tile>(tiles.size());
  std::copy(tiles.begin(), tiles.end(), dirty.begin());
  const auto copied =
      std::ranges::copy_if(dirty.span(), kept.begin(), [](const Tile& tile) { return tile.dirty; });
  alloc.end_frame();
  return copied.out == kept.begin() ? 0 : (copied.out - 1)->id;
}
int first_change(fa::SmartAlloc& alloc, const std::vector<int>& before) {
  alloc.begin_frame();
  auto now = alloc.frame_vec<int>(before.size());
  for (const int value : before) now.push_back(value + 1);
  const auto apart = std::mismatch(before.begin(), before.end(), now.begin());
  alloc.end_frame();
  return apart.first == before.end() ? 0 : *apart.first;
}
