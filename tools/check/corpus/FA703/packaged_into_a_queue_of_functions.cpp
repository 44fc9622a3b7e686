// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <queue>
#include <span>

namespace fa = framealloc;

std::queue<std::function<void()>> g_main_thread;
void use(int value);

void defer(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto cells = alloc.frame_slice<int>(3);
  std::span<int> view = cells;
  auto job = [view] {  // expect: FA703
    for (const int each : view) use(each);
  };
  g_main_thread.push(job);
}
