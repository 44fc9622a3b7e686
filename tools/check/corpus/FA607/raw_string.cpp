// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <new>
#include <string>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  void* place = alloc.frame_alloc<std::string>();  // expect: FA607
  const std::string* text = ::new (place) std::string("a name too long for the small buffer");
  return text->size();
}
