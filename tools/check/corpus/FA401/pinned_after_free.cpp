// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
bool run(fa::SmartAlloc& alloc) {
  const fa::Handle<Unit> unit = alloc.handles().alloc<Unit>();
  alloc.handles().free(unit);
  const fa::PinGuard<Unit> pin = alloc.handles().pin(unit);  // expect: FA401
  return static_cast<bool>(pin);
}
