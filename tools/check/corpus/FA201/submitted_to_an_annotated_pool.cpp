// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/annotations.hpp>
#include <framealloc/framealloc.hpp>

#include <functional>

namespace fa = framealloc;

namespace jobs {
void submit(FRAMEALLOC_RUNS_ON_THREAD std::function<void()> job);
}
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  jobs::submit([cell] { *cell = 2; });  // expect: FA201
}
