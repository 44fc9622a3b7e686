// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.pool_alloc<int>();
  *cell = 1;
  std::thread([alloc, cell]() mutable { alloc.pool_free(cell); }).detach();
}
