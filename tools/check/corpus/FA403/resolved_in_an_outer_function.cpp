// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
class Army {
 public:
  explicit Army(fa::SmartAlloc& alloc) : handles_(alloc.handles()) {}
  int tick(fa::Handle<Unit> leader) {
    const Unit& unit = *handles_.resolve(leader);
    const int before = unit.health;
    tidy();
    return before - unit.health;  // expect: FA403
  }
  int pinned(fa::Handle<Unit> leader) {
    const auto pin = handles_.pin(leader);
    tidy();
    return pin->health;
  }

 private:
  void tidy() { handles_.compact(); }
  fa::HandleAllocator& handles_;
};
int use(Army& army, fa::Handle<Unit> unit) { return army.tick(unit) + army.pinned(unit); }
