// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
int run(fa::SmartAlloc& alloc, fa::Handle<Unit> handle) {
  fa::HandleAllocator& handles = alloc.handles();
  const fa::Handle<Unit> other = handles.alloc<Unit>();
  const Unit* unit = handles.resolve(handle);
  handles.free(other);
  return unit != nullptr ? unit->health : 0;
}
