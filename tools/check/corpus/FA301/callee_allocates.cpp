// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Token {
  int kind = 0;
};
bool more();
Token* token(fa::SmartAlloc& alloc) { return alloc.frame_new<Token>(); }
int parse(fa::SmartAlloc& alloc) {
  int kinds = 0;
  while (more()) {  // expect: FA301
    kinds += token(alloc)->kind;
  }
  return kinds;
}
