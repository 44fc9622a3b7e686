// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>

namespace fa = framealloc;

struct Destroy {
  void operator()(std::string* text) const { std::destroy_at(text); }
};
std::size_t run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::string* place = std::construct_at(alloc.frame_alloc<std::string>(), "long enough to matter");
  const std::unique_ptr<std::string, Destroy> text(place);
  return text->size();
}
