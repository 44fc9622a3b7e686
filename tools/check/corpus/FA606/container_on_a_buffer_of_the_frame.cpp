// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, int wanted) {
  alloc.begin_frame();
  constexpr std::size_t kBytes = 1024;
  std::byte* const buffer = alloc.frame_alloc_batch<std::byte>(kBytes);
  std::pmr::monotonic_buffer_resource parts(buffer, kBytes, std::pmr::null_memory_resource());
  std::pmr::vector<int> open(&parts);
  open.push_back(wanted);
  alloc.end_frame();
  return open.front();  // expect: FA606
}
