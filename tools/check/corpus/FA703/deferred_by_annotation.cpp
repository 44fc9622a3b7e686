// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/annotations.hpp>
#include <framealloc/framealloc.hpp>

#include <functional>

namespace fa = framealloc;

namespace engine {
void defer(FRAMEALLOC_DEFERRED std::function<void()> work);
}
void use(int value);
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  engine::defer([cell] { use(*cell); });  // expect: FA703
}
