// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
int run(fa::SmartAlloc& alloc, fa::Handle<Unit> handle) {
  fa::HandleAllocator& handles = alloc.handles();
  const Unit* unit = handles.resolve(handle);
  const int health = unit != nullptr ? unit->health : 0;
  handles.compact();
  return health;
}
