// SPDX-License-Identifier: MIT OR Apache-2.0
// What inline members of SmartAlloc read of the state behind it, whose layout they do not know.
#pragma once

#include <framealloc/detail/base/atomic_pointer.hpp>

namespace framealloc {

class HandleAllocator;

namespace detail {

class Instance;

// The first base of Instance, so it lies where the instance does.
struct InstanceHead {
  // Null until the allocator of handles is first asked for. Programs ask for it before each use, in
  // loops over thousands of handles.
  AtomicPointer<HandleAllocator> handles;
};

[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE const InstanceHead& head_of(
    const Instance& instance) noexcept {
  return reinterpret_cast<const InstanceHead&>(instance);
}

}  // namespace detail
}  // namespace framealloc
