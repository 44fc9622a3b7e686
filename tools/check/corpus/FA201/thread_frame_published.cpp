// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <atomic>

namespace fa = framealloc;

std::atomic<int*> g_shared{nullptr};
void worker(fa::SmartAlloc& alloc) {
  alloc.begin_thread_frame();
  int* local = alloc.frame_alloc<int>();
  *local = 1;
  g_shared.store(local);  // expect: FA201
  alloc.end_thread_frame();
}
