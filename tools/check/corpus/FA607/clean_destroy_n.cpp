// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <vector>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::vector<int>* rows = alloc.frame_alloc_batch<std::vector<int>>(4);
  std::uninitialized_default_construct_n(rows, 4);
  rows[0].push_back(1);
  const std::size_t size = rows[0].size();
  std::destroy_n(rows, 4);
  return size;
}
