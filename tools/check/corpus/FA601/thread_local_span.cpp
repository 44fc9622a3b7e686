// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

thread_local std::span<int> t_row;
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  t_row = alloc.frame_slice<int>(64);  // expect: FA601
}
