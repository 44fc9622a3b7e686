// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>
#include <vector>

namespace fa = framealloc;

struct Destroy {
  void operator()(std::string* text) const { std::destroy_at(text); }
};
std::size_t run(fa::SmartAlloc& alloc) {
  std::size_t total = 0;
  for (int i = 0; i < 3; ++i) {
    const auto frame = alloc.scoped_frame();
    std::unique_ptr<std::string, Destroy> text(
        std::construct_at(alloc.frame_alloc<std::string>(), "x"));
    total += text->size();
    auto words = alloc.frame_vec<std::string>(4);
    words.emplace_back("a");
    total += words.back().size();
  }
  return total;
}
