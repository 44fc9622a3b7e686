// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>

namespace fa = framealloc;

bool run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::string* first = alloc.frame_alloc<std::string>();
  std::string* second = alloc.frame_alloc<std::string>();  // expect: FA607
  std::construct_at(first, "first");
  std::construct_at(second, "second");
  const bool same = *first == *second;
  std::destroy_at(first);
  return same;
}
