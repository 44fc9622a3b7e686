// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/annotations.hpp>
#include <framealloc/framealloc.hpp>

#include <functional>

namespace fa = framealloc;

namespace jobs {
FRAMEALLOC_WAITS void wait_for_all();
void submit(FRAMEALLOC_RUNS_ON_THREAD std::function<void()> job);
}  // namespace jobs
void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  jobs::submit([&] { *alloc.frame_alloc<int>() = 1; });
  jobs::wait_for_all();
  alloc.end_frame();
}
