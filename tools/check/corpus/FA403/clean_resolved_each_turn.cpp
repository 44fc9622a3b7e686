// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
int run(fa::SmartAlloc& alloc, fa::Handle<Unit> handle, int turns) {
  fa::HandleAllocator& handles = alloc.handles();
  int sum = 0;
  for (int i = 0; i < turns; ++i) {
    const Unit* unit = handles.resolve(handle);
    if (unit != nullptr) sum += unit->health;
    handles.compact();
  }
  return sum;
}
