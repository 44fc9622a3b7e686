// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

bool running();
std::thread start(fa::SmartAlloc alloc) {
  return std::thread([alloc]() mutable {
    while (running()) {  // expect: FA603
      int* packet = alloc.frame_alloc<int>();
      *packet = 1;
    }
  });
}
