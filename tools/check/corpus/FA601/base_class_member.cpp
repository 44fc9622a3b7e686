// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Component {
  void* scratch = nullptr;
};
class Sprite : public Component {
 public:
  void update(fa::SmartAlloc& alloc) {
    const auto frame = alloc.scoped_frame();
    scratch = alloc.frame_alloc_layout(64, 16);  // expect: FA601
  }
};
