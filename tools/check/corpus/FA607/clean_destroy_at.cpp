// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::string* text = alloc.frame_alloc<std::string>();
  std::construct_at(text, "a name too long for the small buffer");
  const std::size_t size = text->size();
  std::destroy_at(text);
  return size;
}
