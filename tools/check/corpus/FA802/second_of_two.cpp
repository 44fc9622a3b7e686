// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  alloc.with_tag("ui", [](fa::SmartAlloc& inner) {
    const auto tag = inner.tag_scope("buttons");  // expect: FA802
  });
}
