// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
int run(fa::SmartAlloc& alloc) {
  fa::HandleAllocator& handles = alloc.handles();
  const fa::Handle<Unit> first = handles.alloc<Unit>();
  const fa::Handle<Unit> second = handles.alloc<Unit>();
  handles.free(first);
  const Unit* found = handles.resolve(second);
  return found != nullptr ? found->health : 0;
}
