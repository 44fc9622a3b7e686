// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <string>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, int count) {
  const auto frame = alloc.scoped_frame();
  std::pmr::string text(alloc.frame_resource());
  for (int i = 0; i < count; ++i) {
    text.append("chunk of text");  // expect: FA608
  }
  return text.size();
}
