// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <istream>
#include <string>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, std::istream& in) {
  const auto frame = alloc.scoped_frame();
  std::string line;
  std::size_t bytes = 0;
  while (std::getline(in, line)) {  // expect: FA301
    char* copy = alloc.frame_alloc_batch<char>(line.size());
    line.copy(copy, line.size());
    bytes += line.size();
  }
  return bytes;
}
