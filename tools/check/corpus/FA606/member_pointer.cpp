// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
struct Vec {
  float x, y;
};
struct Slot {
  int kind;
  union {
    Vec* vec;
    int* integer;
  };
};
float apply(fa::SmartAlloc& alloc, Vec* Slot::* member) {
  Slot slot{};
  alloc.begin_frame();
  slot.kind = 1;
  slot.*member = alloc.frame_new<Vec>(Vec{1, 2});
  alloc.end_frame();
  if (slot.kind == 1) return (slot.*member)->y;  // expect: FA606
  return 0;
}
float call(fa::SmartAlloc& alloc) { return apply(alloc, &Slot::vec); }
