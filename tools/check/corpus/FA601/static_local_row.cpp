// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <vector>

namespace fa = framealloc;

std::size_t remember(fa::SmartAlloc& alloc) {
  static std::vector<float*> rows;
  const auto frame = alloc.scoped_frame();
  rows.push_back(alloc.frame_alloc_batch<float>(16));  // expect: FA601
  return rows.size();
}
