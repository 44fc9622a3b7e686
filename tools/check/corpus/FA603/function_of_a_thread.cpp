// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

bool running();
void listen(fa::SmartAlloc alloc) {
  while (running()) {  // expect: FA603
    int* packet = alloc.frame_alloc<int>();
    *packet = 1;
  }
}
std::thread start(const fa::SmartAlloc& alloc) { return std::thread(listen, alloc); }
