// SPDX-License-Identifier: MIT OR Apache-2.0
// Many objects at once: one bump for a batch, two to eight objects of a type in one step, and a
// burst for many small objects of different types, whose cursor stays in a register.
#include <framealloc/framealloc.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <span>

namespace fa = framealloc;
using namespace fa::literals;

namespace {

struct Vertex {
  float x, y, z;
};
struct Node {
  Node* next;
  int value;
};

}  // namespace

int main() {
  fa::SmartAlloc alloc;
  alloc.begin_frame();

  // One bump, uninitialized: a thousand calls of frame_alloc() would compare a thousand times.
  Vertex* const vertices = alloc.frame_alloc_batch<Vertex>(1000);
  if (vertices == nullptr) return 1;
  for (int i = 0; i < 1000; ++i) vertices[i] = {static_cast<float>(i), 0, 0};
  std::printf("vertex 999 lies at x = %.0f\n", static_cast<double>(vertices[999].x));

  // The corners of a quad, next to each other.
  std::array<Vertex, 4>* const quad = alloc.frame_alloc_4<Vertex>();
  if (quad == nullptr) return 1;
  *quad = {Vertex{0, 0, 0}, Vertex{1, 0, 0}, Vertex{1, 1, 0}, Vertex{0, 1, 0}};
  std::printf("the quad has %zu corners\n", quad->size());

  // A list of 10,000 nodes. The burst takes a window of the arena and bumps it in a register; the
  // unused rest is returned at the brace.
  Node* list = nullptr;
  {
    fa::FrameBurst burst = alloc.frame_burst(64_KiB);
    for (int i = 0; i < 10'000; ++i) {
      Node* const node = burst.alloc<Node>();
      if (node == nullptr) return 1;
      *node = {list, i};
      list = node;
    }
  }
  long sum = 0;
  for (const Node* node = list; node != nullptr; node = node->next) sum += node->value;
  std::printf("the list adds up to %ld\n", sum);

  // A slice knows its size and is zero-initialized.
  const std::span<int> counts = alloc.frame_slice<int>(16);
  for (const Node* node = list; node != nullptr; node = node->next) {
    ++counts[static_cast<std::size_t>(node->value % 16)];
  }
  std::printf("each of %zu counters has %d\n", counts.size(), counts[0]);
  alloc.end_frame();
  return sum == 49'995'000 ? 0 : 1;
}
