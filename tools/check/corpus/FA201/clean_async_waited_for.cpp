// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <future>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 3;
  std::future<int> twice = std::async(std::launch::async, [cell] { return *cell * 2; });
  return twice.get();
}
