// SPDX-License-Identifier: MIT OR Apache-2.0
// How parts of the library that are handed a SmartAlloc reach the state behind it.
#pragma once

namespace framealloc::detail {

class Instance;

struct HandleAccess {
  // Result: null when the allocator could not be made.
  template <class Handle>
  [[nodiscard]] static auto instance(const Handle& handle) noexcept -> decltype(handle.instance()) {
    return handle.instance();
  }
};

}  // namespace framealloc::detail
