// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <algorithm>

namespace fa = framealloc;

struct Unit {
  int hp;
  bool alive;
};

int last_copied(fa::SmartAlloc& alloc, Unit* units) {
  alloc.begin_frame();
  auto copy = alloc.frame_slice<Unit>(8);
  Unit* end =
      std::copy_if(units, units + 4, copy.begin(), [](const Unit& unit) { return unit.alive; });
  alloc.end_frame();
  return (end - 1)->hp;  // expect: FA606
}

int first_alive(fa::SmartAlloc& alloc, const Unit* units) {
  alloc.begin_frame();
  auto copy = alloc.frame_vec<Unit>(8);
  for (int i = 0; i < 8; ++i) copy.push_back(units[i]);
  const auto found = std::ranges::find_if(copy, [](const Unit& unit) { return unit.alive; });
  alloc.end_frame();
  return found->hp;  // expect: FA606
}
