// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

namespace {
constexpr const char* kTag = "render";
}
void run(fa::SmartAlloc& alloc) {
  const auto tag = alloc.tag_scope(kTag);  // expect: FA801
}
