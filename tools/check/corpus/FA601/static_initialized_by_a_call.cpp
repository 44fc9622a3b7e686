// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Settings {
  int volume = 3;
};
Settings& settings(fa::SmartAlloc& alloc) {
  static Settings* only = alloc.frame_new<Settings>();  // expect: FA601
  return *only;
}
