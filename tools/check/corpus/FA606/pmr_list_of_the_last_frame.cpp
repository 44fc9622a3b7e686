// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <list>
#include <memory_resource>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  std::pmr::list<int> queue(alloc.frame_resource());
  alloc.begin_frame();
  queue.push_back(1);
  alloc.end_frame();
  return queue.front();  // expect: FA606
}
