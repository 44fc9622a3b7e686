// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class Renderer {
 public:
  Renderer() : alloc_(fa::AllocConfig{.frames_in_flight = 3}) {}
  int three() {
    alloc_.begin_frame();
    const std::span<int> draws = alloc_.frame_slice<int>(4);
    draws[0] = 1;
    alloc_.end_frame();
    alloc_.begin_frame();
    const int first = draws[0];
    alloc_.end_frame();
    alloc_.begin_frame();
    const int second = draws[0];
    alloc_.end_frame();
    return first + second;
  }

 private:
  fa::SmartAlloc alloc_;
};
int use(Renderer& renderer) { return renderer.three(); }
