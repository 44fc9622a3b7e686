// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

struct Job {
  int left = 3;
};
void use(int value);
Task run(fa::SmartAlloc& alloc, fa::ScratchPool& pool) {
  const auto frame = alloc.scoped_frame();
  Job& job = *alloc.frame_new<Job>();
  while (job.left > 0) {
    --job.left;
    co_await tick();  // expect: FA702
  }
  auto* held = pool.alloc<int>();
  use(*held);
}
