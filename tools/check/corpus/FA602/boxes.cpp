// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Job {
  int id = 0;
};
int run(fa::SmartAlloc& alloc, const std::vector<int>& ids) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (auto it = ids.begin(); it != ids.end(); ++it) {
    fa::FrameBox<Job> job = alloc.frame_box<Job>();  // expect: FA602
    job->id = *it;
    sum += job->id;
  }
  return sum;
}
