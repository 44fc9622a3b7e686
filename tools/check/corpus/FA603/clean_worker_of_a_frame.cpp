// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool take(int& job);
fa::SmartAlloc g_alloc;
void work() {
  int job = 0;
  int done = 0;
  while (done < 64 && take(job)) {
    if (job > 0) *g_alloc.frame_alloc<int>() = job;
    ++done;
  }
}
void tick() {
  g_alloc.begin_frame();
  work();
  g_alloc.end_frame();
}
