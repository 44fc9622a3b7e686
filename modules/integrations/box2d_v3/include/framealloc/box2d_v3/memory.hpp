// SPDX-License-Identifier: MIT OR Apache-2.0
// Box2D 3's own memory under a tag. Headers only, against Box2D 3.1 or newer.
#pragma once

#include <framealloc/c_hooks/c_hooks.hpp>

#include <box2d/base.h>

namespace framealloc::box2d_v3 {

// b2SetAllocator() has two shapes: up to 3.1 sizes are unsigned and a free names none; later they are
// size_t, and a free names the one that was asked for. The page knows it either way.
struct Hook : c_hooks::GlobalOrSystem<Hook> {
  template <class Size>
  static void* allocate(Size size, int alignment) {
    return GlobalOrSystem::aligned(size, alignment);
  }
  template <class... Size>
  static void release(void* block, Size...) {
    GlobalOrSystem::free(block);
  }
};

/// Effect: from now on all that Box2D asks for in this process comes from `memory`; blocks from
/// before go back where they came from. Box2D cannot do without memory, so a request that `memory`
/// denies, which is reported and counted, is served by the C library. Result: false, and nothing
/// changes, while another memory is installed. Requirement: `memory` lives until uninstall_memory(),
/// or until the last world has ended. Thread contract: while no other thread uses Box2D.
inline bool install_memory(c_hooks::Memory& memory) noexcept {
  if (!Hook::install(memory)) return false;
  b2SetAllocator(&Hook::allocate, &Hook::release);
  return true;
}

/// Effect: new blocks come from the C library again; those that are in use go back to where they came
/// from. Result: the memory that was installed, or null. Thread contract: as install_memory().
inline c_hooks::Memory* uninstall_memory() noexcept { return Hook::uninstall(); }

}  // namespace framealloc::box2d_v3
