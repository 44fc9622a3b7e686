// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <future>

namespace fa = framealloc;

int simulate(const int* bodies, int count);
int render(const int* bodies, int count);
int tick(fa::SmartAlloc& alloc, std::future<int>& picture) {
  alloc.begin_frame();
  int* bodies = alloc.frame_alloc_batch<int>(16);
  for (int i = 0; i < 16; ++i) bodies[i] = i;
  std::future<int> physics = std::async(std::launch::async, simulate, bodies, 16);
  const int steps = physics.get();
  picture =
      std::async(std::launch::async, [bodies] { return render(bodies, 16); });  // expect: FA201
  alloc.end_frame();
  return steps;
}
