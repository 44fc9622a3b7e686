// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
int run(fa::SmartAlloc& alloc, fa::Handle<Unit> handle) {
  fa::HandleAllocator& handles = alloc.handles();
  const fa::PinGuard<Unit> pin = handles.pin(handle);
  if (!pin) return 0;
  const Unit* unit = pin.get();
  handles.compact();
  return unit->health;
}
