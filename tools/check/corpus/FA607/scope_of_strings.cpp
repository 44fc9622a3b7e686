// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto scope = alloc.frame_scope();
  std::string* text = scope.alloc<std::string>();  // expect: FA607
  std::construct_at(text, "a name too long for the small buffer");
  return text->size();
}
