// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>

namespace fa = framealloc;

class Guard {
 public:
  explicit Guard(std::string* text) : text_(text) {}
  ~Guard() { std::destroy_at(text_); }
  Guard(const Guard&) = delete;

 private:
  std::string* text_;
};
std::size_t run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::string* text = std::construct_at(alloc.frame_alloc<std::string>(), "long enough to matter");
  const Guard guard(text);
  return text->size();
}
