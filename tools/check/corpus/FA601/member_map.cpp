// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>
#include <unordered_map>

namespace fa = framealloc;

struct Glyph {
  int width = 0;
};
class Font {
 public:
  Glyph* glyph(fa::SmartAlloc& alloc, int code) {
    Glyph* made = alloc.frame_new<Glyph>();
    cache_[code] = made;  // expect: FA601
    return made;
  }

 private:
  std::unordered_map<int, Glyph*> cache_;
};
