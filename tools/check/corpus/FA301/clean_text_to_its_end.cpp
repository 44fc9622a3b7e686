// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, const char* text) {
  const auto frame = alloc.scoped_frame();
  int words = 0;
  while (*text != '\0') {
    if (*text == ' ') {
      *alloc.frame_alloc<int>() = ++words;
    }
    ++text;
  }
  return words;
}
