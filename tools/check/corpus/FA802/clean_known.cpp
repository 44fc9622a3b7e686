// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  alloc.with_tag("physics", [] {});
  const auto tag = alloc.tag_scope("ui");
}
