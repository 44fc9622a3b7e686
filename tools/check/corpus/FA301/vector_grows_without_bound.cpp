// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool read(int& value);
std::size_t run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameVec<int> all = alloc.frame_vec<int>();
  int value = 0;
  while (read(value)) {  // expect: FA301
    all.push_back(value);
  }
  return all.size();
}
