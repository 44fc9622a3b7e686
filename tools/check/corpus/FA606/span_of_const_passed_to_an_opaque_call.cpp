// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

void upload(std::span<const float> vertices);

void run(fa::SmartAlloc& alloc, bool twice) {
  alloc.begin_frame();
  auto vertices = alloc.frame_vec<float>(64);
  vertices.resize(64);
  upload(vertices);
  alloc.end_frame();
  alloc.begin_frame();
  if (twice) upload(vertices);  // expect: FA606
  alloc.end_frame();
}
