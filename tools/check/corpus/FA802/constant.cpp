// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>

namespace fa = framealloc;

constexpr std::string_view kTag = "gui";
void run(fa::SmartAlloc& alloc) {
  alloc.with_tag(kTag, [] {});  // expect: FA802
}
