// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void use(int value);
fa::Subscription run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  return alloc.on_frame_event([cell](const fa::FrameEvent&) { use(*cell); });  // expect: FA703
}
