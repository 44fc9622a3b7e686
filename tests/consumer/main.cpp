// SPDX-License-Identifier: MIT OR Apache-2.0
// A user's first program. Exit code 0 when memory of each kind was had and given back.
#include <framealloc/framealloc.hpp>

#include <cstdio>
#include <span>

namespace fa = framealloc;

namespace {

struct Particle {
  float x = 0;
  float y = 0;
};

int fail(const char* what) {
  std::fprintf(stderr, "consumer: %s\n", what);
  return 1;
}

}  // namespace

int main() {
  using namespace fa::literals;
  fa::AllocConfig config;
  config.frame_arena_size = 1_MiB;
  fa::SmartAlloc alloc(config);

  for (int frame = 0; frame < 3; ++frame) {
    const auto open = alloc.scoped_frame();
    auto* raw = alloc.frame_alloc<Particle>();
    if (raw == nullptr) return fail("no frame memory");
    auto slice = alloc.frame_slice<int>(100);
    const std::span<int> numbers = slice;
    if (numbers.size() != 100 || numbers[99] != 0) return fail("a slice that is not 100 zeros");
    auto numbers_vec = alloc.frame_vec<int>();
    for (int i = 0; i < 1000; ++i) numbers_vec.push_back(i);
    if (numbers_vec[999] != 999) return fail("a vector that forgets");
  }
  {
    auto pooled = alloc.pool_box<Particle>(Particle{1, 2});
    auto large = alloc.heap_box<Particle>(Particle{3, 4});
    if (pooled->y + large->y != 6) return fail("a box with another value");
  }
  if (alloc.frame_number() != 3) return fail("three frames were not counted");
  if (alloc.stats().total_allocated != 0) return fail("memory left in use");
  std::puts("consumer: all kinds of memory work");
  return 0;
}
