// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>

namespace fa = framealloc;

struct Job {
  int id = 0;
};
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  fa::FrameBox<Job> first = alloc.frame_box<Job>();
  fa::FrameBox<Job> second = std::move(first);
  alloc.end_frame();
  return second->id;  // expect: FA606
}
