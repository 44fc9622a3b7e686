// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>

namespace fa = framealloc;

class Label {
 public:
  explicit Label(fa::SmartAlloc& alloc) {
    const auto frame = alloc.scoped_frame();
    std::string* text = alloc.frame_alloc<std::string>();  // expect: FA607
    std::construct_at(text, "a name too long for the small buffer");
    size_ = text->size();
  }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
};
