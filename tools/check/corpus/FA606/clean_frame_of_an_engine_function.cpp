// SPDX-License-Identifier: MIT OR Apache-2.0
// Another allocator's frame ends while the engine's goes on.
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
namespace engine {
[[clang::annotate("framealloc::begin_frame")]] void open(fa::SmartAlloc& alloc);
[[clang::annotate("framealloc::end_frame")]] void close(fa::SmartAlloc& alloc);
[[clang::annotate("framealloc::frame")]] float* temporary(std::size_t n);
}  // namespace engine
float blend(fa::SmartAlloc& game, fa::SmartAlloc& tools) {
  engine::open(game);
  float* weights = engine::temporary(16);
  weights[0] = 1;
  tools.begin_frame();
  int* note = tools.frame_new<int>(3);
  weights[1] = static_cast<float>(*note);
  tools.end_frame();
  const float sum = weights[0] + weights[1];
  engine::close(game);
  return sum;
}
