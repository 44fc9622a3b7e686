// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstring>
#include <vector>

namespace fa = framealloc;

std::vector<char> save(fa::SmartAlloc& alloc, std::size_t size) {
  std::vector<char> file(size);
  alloc.begin_frame();
  char* bytes = static_cast<char*>(alloc.frame_alloc_layout(size, 16));
  std::memset(bytes, 7, size);
  alloc.end_frame();
  std::memcpy(file.data(), bytes, size);  // expect: FA606
  return file;
}
