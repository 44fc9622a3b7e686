// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc, std::string_view tag) {
  alloc.with_tag(tag, [] {});
}
