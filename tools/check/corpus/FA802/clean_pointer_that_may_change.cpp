// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

const char* g_tag = "anything";
void run(fa::SmartAlloc& alloc) {
  alloc.with_tag(g_tag, [] {});
}
