// SPDX-License-Identifier: MIT OR Apache-2.0
// One function per hot path, compiled as a user's release build compiles it. codegen_test.cpp reads
// the object file; this program is never linked.
#include <framealloc/framealloc.hpp>

#include <cstddef>

namespace fa = framealloc;

namespace {

struct Block64 {
  std::byte bytes[64];
};
struct alignas(64) OverAligned {
  std::byte bytes[64];
};

}  // namespace

extern "C" {

void* hot_arena_alloc(fa::FrameArena& arena) { return arena.alloc<Block64>(); }

void* hot_arena_alloc_over_aligned(fa::FrameArena& arena) { return arena.alloc<OverAligned>(); }

void* hot_arena_alloc_bytes(fa::FrameArena& arena, std::size_t size) {
  return arena.alloc_bytes(size);
}

void* hot_arena_alloc_layout(fa::FrameArena& arena, std::size_t size, std::size_t alignment) {
  return arena.alloc_bytes(size, alignment);
}

void* hot_frame_alloc(fa::SmartAlloc& alloc) { return alloc.frame_alloc<Block64>(); }

void* hot_frame_alloc_batch(fa::SmartAlloc& alloc, std::size_t count) {
  return alloc.frame_alloc_batch<Block64>(count);
}

void* hot_burst_alloc(fa::FrameBurst& burst) { return burst.alloc<Block64>(); }

void* hot_fixed_alloc(fa::FixedArenaBase& arena) { return arena.alloc<Block64>(); }

void* hot_scope(fa::FrameArena& arena) {
  const fa::ArenaScope scope(arena);
  return arena.alloc<Block64>();
}

void* hot_pool_alloc(fa::SmartAlloc& alloc) { return alloc.pool_alloc<Block64>(); }

void hot_pool_free(fa::SmartAlloc& alloc, void* block) {
  alloc.pool_free(static_cast<Block64*>(block));
}

// Anybody may read memory after each element, yet the vector is the function's own and nobody knows
// where it is: its end stays in a register.
std::size_t hot_vec_push(fa::FrameArena& arena, int value, int rounds) {
  fa::FrameVec<int> values(arena);
  const auto push = [&] {
    values.push_back(value);
    asm volatile("" ::: "memory");
  };
  for (; rounds > 0; --rounds) push(), push(), push(), push();
  return values.size();
}

}  // extern "C"
