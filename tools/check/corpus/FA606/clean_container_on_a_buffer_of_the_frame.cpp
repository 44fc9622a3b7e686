// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

// It grows within a scope, but in the buffer, which is older.
int run(fa::SmartAlloc& alloc, int wanted) {
  int sum = 0;
  alloc.begin_frame();
  constexpr std::size_t kBytes = 1024;
  std::byte* const buffer = alloc.frame_alloc_batch<std::byte>(kBytes);
  std::pmr::monotonic_buffer_resource parts(buffer, kBytes, std::pmr::null_memory_resource());
  std::pmr::vector<int> open(&parts);
  {
    const fa::FrameScope scope = alloc.frame_scope();
    open.push_back(wanted);
  }
  sum += open.front();
  alloc.end_frame();
  return sum;
}
