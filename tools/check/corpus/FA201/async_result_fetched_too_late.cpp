// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <future>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 3;
  std::future<int> twice = std::async(std::launch::async, [cell] {  // expect: FA201
    return *cell * 2;
  });
  alloc.end_frame();
  return twice.get();
}
