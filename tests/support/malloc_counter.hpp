// SPDX-License-Identifier: MIT OR Apache-2.0
// Counts this thread's calls of the C library's allocator, whoever makes them: operator new, the C
// library itself, a thread-local destructor's registration. Include it in one file of a program.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::test {

inline constinit thread_local std::uint64_t mallocs_of_this_thread = 0;

// Result: allocations that this thread made while the object lived.
class MallocsInScope {
 public:
  [[nodiscard]] std::uint64_t count() const noexcept { return mallocs_of_this_thread - before_; }

 private:
  std::uint64_t before_ = mallocs_of_this_thread;
};

}  // namespace framealloc::test

#if FRAMEALLOC_ASAN || FRAMEALLOC_TSAN

// The sanitizers' allocators replace malloc already and offer hooks.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*,
                                                                           std::size_t),
                                                         void (*on_free)(const volatile void*));

namespace framealloc::test {
inline const int installed_malloc_hooks = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { ++mallocs_of_this_thread; },
    [](const volatile void*) {});
}  // namespace framealloc::test

#else

// A definition in the program takes the place of the C library's; glibc offers the originals under
// these names.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* address, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) noexcept {
  ++framealloc::test::mallocs_of_this_thread;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++framealloc::test::mallocs_of_this_thread;
  return __libc_calloc(count, size);
}
void* realloc(void* address, std::size_t size) noexcept {
  ++framealloc::test::mallocs_of_this_thread;
  return __libc_realloc(address, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++framealloc::test::mallocs_of_this_thread;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** address, std::size_t alignment, std::size_t size) noexcept {
  ++framealloc::test::mallocs_of_this_thread;
  *address = __libc_memalign(alignment, size);
  return *address == nullptr ? 12 /* ENOMEM */ : 0;
}
}  // extern "C"

#endif
