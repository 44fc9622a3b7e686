// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
int run(fa::SmartAlloc& alloc) {
  fa::HandleAllocator& handles = alloc.handles();
  const fa::Handle<Unit> unit = handles.alloc<Unit>();
  handles.free(unit);
  return handles.resolve(unit) != nullptr ? 1 : 0;  // expect: FA401
}
