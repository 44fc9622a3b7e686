// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
int run(fa::SmartAlloc& alloc, fa::Handle<Unit> handle) {
  fa::HandleAllocator& handles = alloc.handles();
  Unit* unit = handles.resolve(handle);
  if (unit != nullptr) unit->health = 2;
  handles.compact();
  unit = handles.resolve(handle);
  return unit != nullptr ? unit->health : 0;
}
