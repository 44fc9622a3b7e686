// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
bool run(fa::SmartAlloc& alloc, fa::Handle<Unit> handle) {
  fa::HandleAllocator& handles = alloc.handles();
  const Unit* unit = handles.try_resolve(handle);
  handles.compact();
  return unit != nullptr;
}
