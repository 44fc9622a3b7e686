// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>

namespace fa = framealloc;

std::function<int()> g_query;
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  g_query = [cell] { return *cell; };  // expect: FA703
}
