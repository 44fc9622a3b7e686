// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

struct Blob {
  int bytes = 0;
};
Task stream(fa::SmartAlloc& alloc, int count) {
  for (int i = 0; i < count; ++i) {
    co_await tick();
    Blob* blob = alloc.frame_alloc<Blob>();  // expect: FA701
    blob->bytes = i;
  }
}
