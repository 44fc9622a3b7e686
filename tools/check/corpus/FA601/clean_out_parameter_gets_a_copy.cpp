// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc, std::vector<int>& out) {
  alloc.begin_frame();
  fa::FrameVec<int> found = alloc.frame_vec<int>(4);
  found.push_back(1);
  out.assign(found.begin(), found.end());
  alloc.end_frame();
}
