// SPDX-License-Identifier: MIT OR Apache-2.0
// A monotonic resource takes its memory from that of the frame.
#include <framealloc/framealloc.hpp>
#include <memory_resource>
#include <vector>
namespace fa = framealloc;
int count(fa::SmartAlloc& alloc, int n) {
  alloc.begin_frame();
  std::pmr::monotonic_buffer_resource local(alloc.frame_resource());
  std::pmr::vector<int> values(static_cast<std::size_t>(n), &local);
  const int* first = values.data();
  alloc.end_frame();
  return *first;  // expect: FA606
}
