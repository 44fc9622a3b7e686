// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
void remove(fa::HandleAllocator& handles, fa::Handle<Unit> unit) { handles.free(unit); }
bool run(fa::SmartAlloc& alloc) {
  fa::HandleAllocator& handles = alloc.handles();
  const fa::Handle<Unit> unit = handles.alloc<Unit>();
  remove(handles, unit);
  return handles.resolve(unit) != nullptr;  // expect: FA401
}
