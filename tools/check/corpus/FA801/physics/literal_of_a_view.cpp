// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>

namespace fa = framealloc;

using namespace std::string_view_literals;
void run(fa::SmartAlloc& alloc) {
  alloc.with_tag("audio"sv, [] {});  // expect: FA801
}
