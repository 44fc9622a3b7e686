// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
int run(fa::SmartAlloc& alloc, fa::Handle<Unit> handle) {
  fa::HandleAllocator& handles = alloc.handles();
  Unit* unit = handles.resolve_mut(handle);
  if (unit == nullptr) return 0;
  handles.free(handle);
  return unit->health;  // expect: FA403
}
