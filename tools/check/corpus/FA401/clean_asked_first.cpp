// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
bool run(fa::SmartAlloc& alloc) {
  fa::HandleAllocator& handles = alloc.handles();
  const fa::Handle<Unit> unit = handles.alloc<Unit>();
  handles.free(unit);
  return handles.is_valid(unit);
}
