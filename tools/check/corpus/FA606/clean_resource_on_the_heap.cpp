// SPDX-License-Identifier: MIT OR Apache-2.0
// One with a buffer of its own does not.
#include <array>
#include <cstddef>
#include <framealloc/framealloc.hpp>
#include <memory_resource>
#include <vector>
namespace fa = framealloc;
int count(fa::SmartAlloc& alloc) {
  std::array<std::byte, 1024> buffer;
  std::pmr::monotonic_buffer_resource local(buffer.data(), buffer.size());
  std::pmr::vector<int> values(8, &local);
  alloc.begin_frame();
  {
    // Its destructor looks at its memory.
    std::pmr::monotonic_buffer_resource of_frame(alloc.frame_resource());
    std::pmr::vector<int> copies(values.begin(), values.end(), &of_frame);
    copies[0] = 2;
    values[0] = copies[0];
  }
  alloc.end_frame();
  return values[0];
}
