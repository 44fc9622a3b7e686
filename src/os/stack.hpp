// SPDX-License-Identifier: MIT OR Apache-2.0
// Who called: return addresses, and where in which file they lie. One source file per platform.
#pragma once

#include <cstddef>
#include <cstdint>

namespace framealloc::os {

// Effect: the return addresses of the callers of the caller, innermost first. Result: how many.
// Takes no memory; not async-signal-safe.
std::size_t capture_stack(const void** addresses, std::size_t most) noexcept;

// The file that an address was loaded from and the offset in it, for `addr2line -e FILE OFFSET`.
struct CodePlace {
  char file[256] = {};  // empty when unknown
  std::uintptr_t offset = 0;
};
// Result: false when the address lies in no file. Async-signal-safe, takes no memory.
bool find_code(std::uintptr_t address, CodePlace& place) noexcept;

}  // namespace framealloc::os
