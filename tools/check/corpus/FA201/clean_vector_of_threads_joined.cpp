// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>
#include <vector>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto cells = alloc.frame_slice<int>(4);
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < 4; ++i) workers.emplace_back([cells, i] { cells[i] = 1; });
  for (std::thread& worker : workers) worker.join();
  return cells[0];
}
