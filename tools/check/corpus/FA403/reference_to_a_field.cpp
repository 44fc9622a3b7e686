// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
int run(fa::SmartAlloc& alloc, fa::Handle<Unit> handle) {
  fa::HandleAllocator& handles = alloc.handles();
  Unit* unit = handles.resolve(handle);
  if (unit == nullptr) return 0;
  int& health = unit->health;
  handles.compact();
  health = 5;  // expect: FA403
  return 0;
}
