// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
int run(fa::SmartAlloc& alloc, int turns) {
  fa::HandleAllocator& handles = alloc.handles();
  const fa::Handle<Unit> unit = handles.alloc<Unit>();
  int seen = 0;
  for (int i = 0; i < turns; ++i) {
    if (handles.resolve(unit) != nullptr) ++seen;  // expect: FA401
    handles.free(unit);
  }
  return seen;
}
