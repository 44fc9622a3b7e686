// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/annotations.hpp>
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct FRAMEALLOC_LONG_LIVED Settings {
  const char* name = nullptr;
};
void apply(Settings& settings, fa::SmartAlloc& alloc) {
  fa::FrameString name = alloc.frame_string(8);
  name.append("hard");
  settings.name = name.c_str();  // expect: FA601
}
