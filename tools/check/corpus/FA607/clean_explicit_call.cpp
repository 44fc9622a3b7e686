// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <new>
#include <string>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc) {
  using Text = std::string;
  const auto frame = alloc.scoped_frame();
  Text* text = ::new (alloc.frame_alloc<Text>()) Text("a name too long for the small buffer");
  const std::size_t size = text->size();
  text->~Text();
  return size;
}
