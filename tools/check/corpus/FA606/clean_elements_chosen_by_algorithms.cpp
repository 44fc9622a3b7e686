// SPDX-License-Identifier: MIT OR Apache-2.0
// What algorithms choose or fold is an element, a pointer to memory that lives on, and not where it lay.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

namespace fa = framealloc;

struct Unit {
  int hp;
};
int weakest(fa::SmartAlloc& alloc, std::vector<Unit>& units) {
  alloc.begin_frame();
  auto near = alloc.frame_vec<Unit*>(units.size());
  for (Unit& unit : units) near.push_back(&unit);
  Unit* const target = std::ranges::min(near, {}, &Unit::hp);
  alloc.end_frame();
  return target->hp;
}
int strongest(fa::SmartAlloc& alloc, std::vector<Unit>& units) {
  alloc.begin_frame();
  auto near = alloc.frame_vec<Unit*>(units.size());
  for (Unit& unit : units) near.push_back(&unit);
  Unit* const target =
      std::accumulate(near.begin(), near.end(), static_cast<Unit*>(nullptr),
                      [](Unit* a, Unit* b) { return a == nullptr || b->hp > a->hp ? b : a; });
  alloc.end_frame();
  return target == nullptr ? 0 : target->hp;
}
int first_alive(fa::SmartAlloc& alloc, std::vector<Unit>& units) {
  alloc.begin_frame();
  auto near = alloc.frame_vec<Unit*>(units.size());
  for (Unit& unit : units) near.push_back(&unit);
  const auto found = std::find_if(near.begin(), near.end(), [](Unit* u) { return u->hp > 0; });
  Unit* const target = found == near.end() ? nullptr : *found;
  alloc.end_frame();
  return target == nullptr ? 0 : target->hp;
}
int extremes(fa::SmartAlloc& alloc, std::vector<Unit>& units) {
  alloc.begin_frame();
  auto near = alloc.frame_vec<Unit*>(units.size());
  for (Unit& unit : units) near.push_back(&unit);
  const auto [low, high] = std::ranges::minmax(near, {}, &Unit::hp);
  alloc.end_frame();
  return high->hp - low->hp;
}
int span_of(fa::SmartAlloc& alloc, Unit& a, Unit& b) {
  alloc.begin_frame();
  const int* bias = alloc.frame_new<int>(3);
  const auto [low, high] =
      std::minmax(a, b, [](const Unit& x, const Unit& y) { return x.hp < y.hp; });
  const int by = *bias;
  alloc.end_frame();
  return high.hp - low.hp + by;
}
