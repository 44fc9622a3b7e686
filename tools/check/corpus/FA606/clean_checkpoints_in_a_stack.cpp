// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

int search(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::vector<fa::FrameCheckpoint> marks;
  marks.push_back(alloc.frame_checkpoint());
  const int* first = alloc.frame_new<int>(1);
  marks.push_back(alloc.frame_checkpoint());
  const int* second = alloc.frame_new<int>(2);
  const int sum = *first + *second;
  alloc.rollback_to(marks.back());
  marks.pop_back();
  return sum + *first;
}
