// SPDX-License-Identifier: MIT OR Apache-2.0
// Compiles everything that the module has against Jolt's own headers.
#include <framealloc/jolt/memory.hpp>

template class framealloc::jolt::ContactEvents<>;

JPH::TempAllocator* make(const framealloc::SmartAlloc& alloc, framealloc::c_hooks::Memory& memory);
JPH::TempAllocator* make(const framealloc::SmartAlloc& alloc, framealloc::c_hooks::Memory& memory) {
  return framealloc::jolt::install_memory(memory) ? new framealloc::jolt::TempAllocator(alloc)
                                                  : nullptr;
}
