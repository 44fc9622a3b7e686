// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <variant>

namespace fa = framealloc;

struct Circle {
  int radius = 0;
};
using Shape = std::variant<std::monostate, std::span<const int>, Circle>;

int area(fa::SmartAlloc& alloc) {
  int total = 0;
  Shape shape;
  {
    const auto frame = alloc.scoped_frame();
    auto points = alloc.frame_slice<int>(6);
    points[0] = 3;
    shape = std::span<const int>(points.data(), points.size());
    if (const auto* span = std::get_if<std::span<const int>>(&shape)) total += (*span)[0];
    shape = Circle{4};
  }
  if (const auto* circle = std::get_if<Circle>(&shape)) total += circle->radius;
  return total;
}
