// SPDX-License-Identifier: MIT OR Apache-2.0
// What algorithms choose is an object of the frame: by reference, or by the pointer that the frame's list has.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace fa = framealloc;

struct Unit {
  int hp;
};
int weakest(fa::SmartAlloc& alloc) {
  std::vector<Unit*> near;
  alloc.begin_frame();
  for (int i = 0; i < 3; ++i) near.push_back(alloc.frame_new<Unit>(Unit{i}));
  Unit* const target = std::ranges::min(near, {}, &Unit::hp);
  alloc.end_frame();
  return target->hp;  // expect: FA606
}
int span_of(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  Unit* const a = alloc.frame_new<Unit>(Unit{1});
  Unit* const b = alloc.frame_new<Unit>(Unit{2});
  const auto [low, high] =
      std::minmax(*a, *b, [](const Unit& x, const Unit& y) { return x.hp < y.hp; });
  alloc.end_frame();
  return high.hp;  // expect: FA606
}
int extremes(fa::SmartAlloc& alloc) {
  std::vector<Unit*> near;
  alloc.begin_frame();
  for (int i = 0; i < 3; ++i) near.push_back(alloc.frame_new<Unit>(Unit{i}));
  const auto found = std::ranges::minmax(near, {}, &Unit::hp);
  alloc.end_frame();
  return found.max->hp;  // expect: FA606
}
