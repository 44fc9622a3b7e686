// SPDX-License-Identifier: MIT OR Apache-2.0
// What algorithms copy and make is an object, or a pointer to one that lives on; or it is written into the frame.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <iterator>
#include <vector>

namespace fa = framealloc;

struct Unit {
  int hp = 1;
  int id = 0;
};
int transformed(fa::SmartAlloc& alloc, const std::vector<int>& ids) {
  std::vector<Unit> units;
  alloc.begin_frame();
  std::transform(ids.begin(), ids.end(), std::back_inserter(units),
                 [&](int id) { return *alloc.frame_new<Unit>(Unit{1, id}); });
  alloc.end_frame();
  return units.empty() ? 0 : units[0].hp;
}
int copied(fa::SmartAlloc& alloc, std::vector<Unit>& units) {
  std::vector<Unit*> kept;
  alloc.begin_frame();
  auto list = alloc.frame_vec<Unit*>(units.size());
  for (Unit& unit : units) list.push_back(&unit);
  std::copy_if(list.begin(), list.end(), std::back_inserter(kept),
               [](const Unit* unit) { return unit->hp > 0; });
  alloc.end_frame();
  return kept.empty() ? 0 : kept[0]->hp;
}
int numbered(fa::SmartAlloc& alloc) {
  std::vector<int> ids;
  alloc.begin_frame();
  auto list = alloc.frame_vec<Unit*>(4);
  list.push_back(alloc.frame_new<Unit>(Unit{1, 2}));
  std::ranges::transform(list, std::back_inserter(ids), &Unit::id);
  alloc.end_frame();
  return ids[0];
}
