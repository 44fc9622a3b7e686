// SPDX-License-Identifier: MIT OR Apache-2.0
// Box2D 2.4 has no hook for its memory, but gets every block from two functions that its shared
// library exports. A program that defines them takes their place for the library too.
#include <framealloc/box2d/memory.hpp>

#include <box2d/b2_settings.h>

#include <cstddef>

namespace framealloc::box2d {
namespace {

struct Slot {};
// Box2D looks at no result: it would crash where a request is denied.
using Hook = c_hooks::GlobalOrSystem<Slot>;

}  // namespace

bool install_memory(c_hooks::Memory& memory) noexcept { return Hook::install(memory); }

c_hooks::Memory* uninstall_memory() noexcept { return Hook::uninstall(); }

}  // namespace framealloc::box2d

void* b2Alloc_Default(int32 size) {
  return framealloc::box2d::Hook::malloc(size > 0 ? static_cast<std::size_t>(size) : 1);
}

void b2Free_Default(void* block) { framealloc::box2d::Hook::free(block); }
