// SPDX-License-Identifier: MIT OR Apache-2.0
// The function that an algorithm calls keeps the elements of a list of the frame, which are of the frame too.
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
    auto copies = alloc.frame_slice<Unit>(units.size());
    std::copy(units.begin(), units.end(), copies.begin());
    for (Unit& unit : copies) near.push_back(&unit);
    std::ranges::for_each(near, [this](const Unit* unit) {  // expect: FA601
      if (unit->hp > 0) shown_.push_back(unit);
    });
  }
  std::size_t shown() const { return shown_.size(); }

 private:
  std::vector<const Unit*> shown_;
};
