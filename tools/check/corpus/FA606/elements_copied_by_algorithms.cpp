// SPDX-License-Identifier: MIT OR Apache-2.0
// Algorithms that copy and transform put pointers into the frame where they write.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <iterator>
#include <span>
#include <vector>

namespace fa = framealloc;

struct Unit {
  int hp = 1;
  int id = 0;
};
int transformed(fa::SmartAlloc& alloc, const std::vector<int>& ids) {
  std::vector<Unit*> units;
  alloc.begin_frame();
  std::transform(ids.begin(), ids.end(), std::back_inserter(units),
                 [&](int id) { return alloc.frame_new<Unit>(Unit{1, id}); });
  alloc.end_frame();
  return units.empty() ? 0 : units[0]->hp;  // expect: FA606
}
int copied(fa::SmartAlloc& alloc) {
  std::vector<Unit*> kept(4);
  alloc.begin_frame();
  auto list = alloc.frame_vec<Unit*>(4);
  list.push_back(alloc.frame_new<Unit>(Unit{1, 2}));
  std::ranges::copy(list, kept.begin());
  alloc.end_frame();
  return kept[0]->hp;  // expect: FA606
}
int spread(fa::SmartAlloc& alloc) {
  std::vector<std::span<int>> rows;
  alloc.begin_frame();
  auto list = alloc.frame_vec<std::span<int>>(2);
  list.push_back(alloc.frame_slice<int>(4).span());
  std::copy_if(list.begin(), list.end(), std::back_inserter(rows),
               [](std::span<int> row) { return !row.empty(); });
  alloc.end_frame();
  return rows[0][0];  // expect: FA606
}
