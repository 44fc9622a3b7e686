// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>
#include <memory>
#include <string>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::array<std::string, 2>* pair = alloc.frame_alloc_2<std::string>();  // expect: FA607
  std::construct_at(pair);
  (*pair)[0] = "a name too long for the small buffer";
  return (*pair)[0].size();
}
