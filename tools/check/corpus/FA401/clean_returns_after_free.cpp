// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
int run(fa::SmartAlloc& alloc, bool dead) {
  fa::HandleAllocator& handles = alloc.handles();
  const fa::Handle<Unit> unit = handles.alloc<Unit>();
  if (dead) {
    handles.free(unit);
    return 0;
  }
  const Unit* found = handles.resolve(unit);
  return found != nullptr ? found->health : 0;
}
