// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void sum(const int* values, int count);
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* values = alloc.frame_alloc_batch<int>(8);
  values[0] = 1;
  std::thread worker(sum, values, 8);  // expect: FA201
  worker.detach();
}
