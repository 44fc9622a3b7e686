// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <vector>

namespace fa = framealloc;

struct Unit {
  int hp;
  bool alive;
};

std::size_t survivors(fa::SmartAlloc& alloc, const std::vector<Unit>& units) {
  std::vector<Unit> kept(units.size());
  alloc.begin_frame();
  auto copy = alloc.frame_vec<Unit>(units.size());
  for (const Unit& unit : units) copy.push_back(unit);
  const auto last = std::copy_if(copy.begin(), copy.end(), kept.begin(),
                                 [](const Unit& unit) { return unit.alive; });
  alloc.end_frame();
  kept.erase(last, kept.end());
  return kept.size();
}

int last_of(fa::SmartAlloc& alloc, int* out) {
  alloc.begin_frame();
  auto numbers = alloc.frame_slice<int>(8);
  int* end = std::copy(numbers.begin(), numbers.end(), out);
  alloc.end_frame();
  return *(end - 1);
}
