// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <optional>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
class Army {
 public:
  explicit Army(fa::SmartAlloc& alloc) : handles_(alloc.handles()) {}
  int strike(fa::Handle<Unit> target, int damage) {
    Unit* unit = handles_.resolve(target);
    if (unit == nullptr) return 0;
    unit->health -= damage;
    const bool dead = unit->health <= 0;
    if (dead) handles_.free(target);
    return handles_.resolve(target)->health;  // expect: FA401
  }
  int ask(fa::Handle<Unit> target) {
    if (!handles_.is_valid(target)) return 0;
    return handles_.resolve(target)->health;
  }

 private:
  fa::HandleAllocator& handles_;
};
int use(Army& army, fa::Handle<Unit> unit) { return army.strike(unit, 1) + army.ask(unit); }
