// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
int run(fa::SmartAlloc& alloc) {
  fa::HandleAllocator& handles = alloc.handles();
  fa::Handle<Unit> unit = handles.alloc<Unit>();
  handles.free(unit);
  unit = handles.alloc<Unit>();
  const Unit* found = handles.resolve(unit);
  return found != nullptr ? found->health : 0;
}
