// SPDX-License-Identifier: MIT OR Apache-2.0
#include "os/annotate.hpp"

#include <framealloc/compiler.hpp>

#if FRAMEALLOC_ASAN
#include <sanitizer/asan_interface.h>
#elif __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define FRAMEALLOC_MEMCHECK 1
#endif

namespace framealloc::os {

#if FRAMEALLOC_ASAN

bool annotations_heard() noexcept { return true; }
void annotate_forbidden(const void* address, std::size_t size) noexcept {
  __asan_poison_memory_region(address, size);
}
void annotate_allowed(const void* address, std::size_t size) noexcept {
  __asan_unpoison_memory_region(address, size);
}

#elif defined(FRAMEALLOC_MEMCHECK)

bool annotations_heard() noexcept { return RUNNING_ON_VALGRIND != 0; }
void annotate_forbidden(const void* address, std::size_t size) noexcept {
  (void)VALGRIND_MAKE_MEM_NOACCESS(address, size);
}
void annotate_allowed(const void* address, std::size_t size) noexcept {
  (void)VALGRIND_MAKE_MEM_UNDEFINED(address, size);
}

#else

bool annotations_heard() noexcept { return false; }
void annotate_forbidden(const void*, std::size_t) noexcept {}
void annotate_allowed(const void*, std::size_t) noexcept {}

#endif

}  // namespace framealloc::os
