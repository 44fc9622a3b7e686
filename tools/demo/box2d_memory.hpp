// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstddef>

namespace fa_demo {

/// Where Box2D's own blocks come from.
///
/// Box2D 2.4 has no allocator parameter, but calls the two exported functions b2Alloc_Default and
/// b2Free_Default for every block; the demo defines both and forwards to the world that is being
/// stepped. A block must go back to where it came from: use() the same memory for everything that
/// is done to one world.
/// Thread contract: Box2D is used by one thread only here.
struct Box2dMemory {
  void* (*allocate)(void* context, std::size_t size) = nullptr;
  void (*free)(void* context, void* block) = nullptr;
  void* context = nullptr;
};

/// Makes `memory` the current one until the scope ends.
class UseBox2dMemory {
 public:
  explicit UseBox2dMemory(const Box2dMemory& memory) noexcept;
  ~UseBox2dMemory();
  UseBox2dMemory(const UseBox2dMemory&) = delete;
  UseBox2dMemory& operator=(const UseBox2dMemory&) = delete;

 private:
  const Box2dMemory* previous_;
};

/// Blocks that Box2D has asked for so far, by way of either memory.
std::size_t box2d_block_count() noexcept;

}  // namespace fa_demo
