// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>

namespace fa = framealloc;

void dispose(std::string* text) { std::destroy_at(text); }
std::size_t run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::string* text = alloc.frame_alloc<std::string>();
  std::construct_at(text, "hp");
  const std::size_t size = text->size();
  dispose(text);
  return size;
}
