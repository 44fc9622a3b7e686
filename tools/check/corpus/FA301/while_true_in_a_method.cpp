// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class Parser {
 public:
  explicit Parser(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int parse() {
    int nodes = 0;
    while (true) {  // expect: FA301
      int* node = alloc_.frame_alloc<int>();
      *node = step();
      if (*node == 0) return nodes;
      ++nodes;
    }
  }

 private:
  int step();
  fa::SmartAlloc& alloc_;
};
