// SPDX-License-Identifier: MIT OR Apache-2.0
#include "box2d_memory.hpp"

#include <box2d/b2_settings.h>

#include <cstdlib>

namespace fa_demo {
namespace {

constinit const Box2dMemory* g_current = nullptr;
constinit std::size_t g_blocks = 0;

}  // namespace

UseBox2dMemory::UseBox2dMemory(const Box2dMemory& memory) noexcept : previous_(g_current) {
  g_current = &memory;
}

UseBox2dMemory::~UseBox2dMemory() { g_current = previous_; }

std::size_t box2d_block_count() noexcept { return g_blocks; }

}  // namespace fa_demo

// These two replace the library's functions of the same names in the whole process.
void* b2Alloc_Default(int32 size) {
  using fa_demo::g_current;
  ++fa_demo::g_blocks;
  const auto bytes = static_cast<std::size_t>(size);
  if (g_current == nullptr) return std::malloc(bytes);
  return g_current->allocate(g_current->context, bytes);
}

void b2Free_Default(void* block) {
  using fa_demo::g_current;
  if (g_current == nullptr) {
    std::free(block);
  } else {
    g_current->free(g_current->context, block);
  }
}
