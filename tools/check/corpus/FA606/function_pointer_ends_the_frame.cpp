// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void finish(fa::SmartAlloc& alloc) { alloc.end_frame(); }
using Step = void (*)(fa::SmartAlloc&);

int run(fa::SmartAlloc& alloc) {
  const Step last = &finish;
  alloc.begin_frame();
  int* value = alloc.frame_new<int>(2);
  last(alloc);
  return *value;  // expect: FA606
}
