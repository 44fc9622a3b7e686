// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <variant>

namespace fa = framealloc;

struct Nothing {};
using Mesh = std::variant<Nothing, std::span<const int>>;

int draw(fa::SmartAlloc& alloc) {
  Mesh mesh;
  {
    const fa::ScopedFrame frame = alloc.scoped_frame();
    auto indices = alloc.frame_slice<int>(6);
    indices[0] = 3;
    mesh = std::span<const int>(indices.data(), indices.size());
  }
  if (const auto* span = std::get_if<std::span<const int>>(&mesh))
    return (*span)[0];  // expect: FA606
  return 0;
}
