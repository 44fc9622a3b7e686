// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

struct Vertex {
  explicit Vertex(float at) : x(at) {}
  float x;
};
std::size_t run(fa::SmartAlloc& alloc, std::size_t count) {
  const auto frame = alloc.scoped_frame();
  std::pmr::vector<Vertex> list{alloc.frame_resource()};
  for (std::size_t i = 0; i != count; ++i) {
    list.emplace_back(static_cast<float>(i));  // expect: FA608
  }
  return list.size();
}
