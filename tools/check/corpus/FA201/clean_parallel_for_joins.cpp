// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/annotations.hpp>
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <functional>

namespace fa = framealloc;

namespace jobs {
void parallel_for(std::size_t count, FRAMEALLOC_JOINED std::function<void(std::size_t)> body);
}
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto cells = alloc.frame_slice<int>(64);
  jobs::parallel_for(cells.size(), [cells](std::size_t i) { cells[i] = 1; });
  return cells[0];
}
