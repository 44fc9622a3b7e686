// SPDX-License-Identifier: MIT OR Apache-2.0
// The function that an algorithm calls keeps the elements of a list of the frame, and those live on.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <vector>

namespace fa = framealloc;

struct Unit {
  int hp = 1;
  int id = 0;
};
class Radar {
 public:
  void sweep(fa::SmartAlloc& alloc, const std::vector<Unit>& units) {
    auto near = alloc.frame_vec<const Unit*>(units.size());
    for (const Unit& unit : units) near.push_back(&unit);
    std::ranges::for_each(near, [this](const Unit* unit) {
      if (unit->hp > 0) shown_.push_back(unit);
    });
  }
  std::size_t shown() const { return shown_.size(); }

 private:
  std::vector<const Unit*> shown_;
};
