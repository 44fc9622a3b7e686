// SPDX-License-Identifier: MIT OR Apache-2.0
// The scopes that live, and who is told of a call.
#pragma once

#include <framealloc/testing/no_heap_in_scope.hpp>

#include <cstddef>

namespace framealloc::testing {

// Of the stack at a call: backtrace's caller note(), tell() and the function that replaces malloc.
inline constexpr int kFramesOfOurs = 3;

// Asked for by each scope, so that a linker takes the replaced malloc out of the archive.
void use_replaced_malloc() noexcept;

class HeapScopes {
 public:
  static void enter(NoHeapInScope& scope) noexcept;
  static void leave(NoHeapInScope& scope) noexcept;
  // Effect: tells every scope that counts calls of this thread. Allocates nothing.
  static void tell(const char* function, std::size_t size) noexcept;

  // While it lives this thread's calls are not counted: a message may allocate.
  class Ignore {
   public:
    Ignore() noexcept;
    ~Ignore();
    Ignore(const Ignore&) = delete;
    Ignore& operator=(const Ignore&) = delete;
  };
};

}  // namespace framealloc::testing
