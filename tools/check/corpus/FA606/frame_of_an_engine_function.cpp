// SPDX-License-Identifier: MIT OR Apache-2.0
// A function of the engine gives memory of the current frame, whoever's that is.
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
namespace engine {
[[clang::annotate("framealloc::begin_frame")]] void open(fa::SmartAlloc& alloc);
[[clang::annotate("framealloc::end_frame")]] void close(fa::SmartAlloc& alloc);
[[clang::annotate("framealloc::frame")]] float* temporary(std::size_t n);
}  // namespace engine
float blend(fa::SmartAlloc& alloc) {
  engine::open(alloc);
  float* weights = engine::temporary(16);
  weights[0] = 1;
  engine::close(alloc);
  return weights[0];  // expect: FA606
}
