// SPDX-License-Identifier: MIT OR Apache-2.0
// What a container does when a requirement was broken, or when the standard leaves it no other
// answer.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstddef>
#include <new>

namespace framealloc::detail {

// Effect: says which index and size, and ends the program.
[[noreturn]] FRAMEALLOC_API FRAMEALLOC_COLD void index_out_of_range(std::size_t index,
                                                                    std::size_t size) noexcept;

// Effect: says how much was asked for, and ends the program.
[[noreturn]] FRAMEALLOC_API FRAMEALLOC_COLD void abort_without_memory(std::size_t bytes) noexcept;

// Effect: std::bad_alloc, which is how the standard wants an allocator to fail; in a program
// without exceptions the end of the program. `exceptions` names the caller's setting, so that units
// with and without exceptions do not share one definition.
template <bool exceptions = FRAMEALLOC_EXCEPTIONS != 0>
[[noreturn]] void refuse_memory([[maybe_unused]] std::size_t bytes) {
#if FRAMEALLOC_EXCEPTIONS
  throw std::bad_alloc();
#else
  abort_without_memory(bytes);
#endif
}

}  // namespace framealloc::detail
