// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void work(fa::SmartAlloc& alloc) {
  auto cells = alloc.frame_vec<int>(4);
  cells.push_back(1);
}
void frame(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::jthread worker(work, std::ref(alloc));
  alloc.end_frame();  // expect: FA205
}
