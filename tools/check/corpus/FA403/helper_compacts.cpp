// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
void tidy(fa::SmartAlloc& alloc) { alloc.handles().compact(100'000); }
int run(fa::SmartAlloc& alloc, fa::Handle<Unit> handle) {
  Unit* unit = alloc.handles().resolve(handle);
  if (unit == nullptr) return 0;
  tidy(alloc);
  return unit->health;  // expect: FA403
}
