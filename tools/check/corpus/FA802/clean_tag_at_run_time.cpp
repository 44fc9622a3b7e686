// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc, int level) {
  const std::string tag = "level" + std::to_string(level);
  alloc.with_tag(tag, [] {});
}
