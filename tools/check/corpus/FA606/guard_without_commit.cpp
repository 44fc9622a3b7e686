// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* plan = nullptr;
  {
    const auto guard = alloc.checkpoint_guard();
    plan = alloc.frame_alloc<int>();
    *plan = 5;
  }
  return *plan;  // expect: FA606
}
