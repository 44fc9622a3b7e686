// SPDX-License-Identifier: MIT OR Apache-2.0
// The C library's allocator, replaced by itself and a note of each call.
#include "heap_scopes.hpp"

#include <framealloc/compiler.hpp>

#include <cerrno>
#include <cstddef>

using framealloc::testing::HeapScopes;

#if FRAMEALLOC_ASAN || FRAMEALLOC_TSAN

// The sanitizers have replaced malloc already, and offer hooks.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*,
                                                                           std::size_t),
                                                         void (*on_free)(const volatile void*));

namespace framealloc::testing {
namespace {

[[maybe_unused]] const int hooks = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t size) { HeapScopes::tell("malloc", size); },
    [](const volatile void*) {});

}  // namespace

void use_replaced_malloc() noexcept {}

}  // namespace framealloc::testing

#else

namespace framealloc::testing {
void use_replaced_malloc() noexcept {}
}  // namespace framealloc::testing

// glibc's own functions under the names that it keeps for exactly this purpose. A definition in the
// program takes the place of the C library's for every library of the process.
extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

#define FRAMEALLOC_REPLACES [[gnu::visibility("default")]]

FRAMEALLOC_REPLACES void* malloc(std::size_t size) noexcept {
  HeapScopes::tell("malloc", size);
  return __libc_malloc(size);
}
FRAMEALLOC_REPLACES void* calloc(std::size_t count, std::size_t size) noexcept {
  HeapScopes::tell("calloc", count * size);
  return __libc_calloc(count, size);
}
FRAMEALLOC_REPLACES void* realloc(void* block, std::size_t size) noexcept {
  HeapScopes::tell("realloc", size);
  return __libc_realloc(block, size);
}
FRAMEALLOC_REPLACES void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  HeapScopes::tell("aligned_alloc", size);
  return __libc_memalign(alignment, size);
}
FRAMEALLOC_REPLACES void* memalign(std::size_t alignment, std::size_t size) noexcept {
  HeapScopes::tell("memalign", size);
  return __libc_memalign(alignment, size);
}
FRAMEALLOC_REPLACES int posix_memalign(void** block, std::size_t alignment,
                                       std::size_t size) noexcept {
  if (alignment < sizeof(void*) || (alignment & (alignment - 1)) != 0) return EINVAL;
  HeapScopes::tell("posix_memalign", size);
  void* const memory = __libc_memalign(alignment, size);
  if (memory == nullptr) return ENOMEM;
  *block = memory;
  return 0;
}

}  // extern "C"

#endif
