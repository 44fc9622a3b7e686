// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Job {
  int weight = 0;
};
int weigh(fa::SmartAlloc& alloc, bool urgent) {
  alloc.begin_frame();
  Job* job = alloc.frame_new<Job>();
  if (urgent) {
    const int weight = job->weight;
    alloc.end_frame();
    return weight;
  }
  alloc.end_frame();
  return job->weight + 1;  // expect: FA606
}
