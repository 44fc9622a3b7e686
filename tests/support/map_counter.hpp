// SPDX-License-Identifier: MIT OR Apache-2.0
// Counts this thread's calls of mmap and mremap, whoever makes them: what malloc_counter.hpp is for
// malloc. Include it in one file of a program.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstddef>
#include <cstdint>

#if !FRAMEALLOC_ASAN && !FRAMEALLOC_TSAN
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace framealloc::test {

inline constinit thread_local std::uint64_t maps_of_this_thread = 0;

// Result: mappings that this thread made while the object lived; 0 under a sanitizer, which maps
// memory of its own and cannot be asked.
class MapsInScope {
 public:
  [[nodiscard]] std::uint64_t count() const noexcept { return maps_of_this_thread - before_; }

 private:
  std::uint64_t before_ = maps_of_this_thread;
};

}  // namespace framealloc::test

#if !FRAMEALLOC_ASAN && !FRAMEALLOC_TSAN

// Definitions in the program take the place of the C library's for every library of the process. What
// the C library maps for malloc goes another way, and is a call of malloc already.
extern "C" {
void* mmap(void* address, std::size_t size, int protection, int flags, int file,
           off_t offset) noexcept {
  ++framealloc::test::maps_of_this_thread;
  return reinterpret_cast<void*>(syscall(SYS_mmap, address, size, protection, flags, file, offset));
}
void* mmap64(void* address, std::size_t size, int protection, int flags, int file,
             off64_t offset) noexcept {
  ++framealloc::test::maps_of_this_thread;
  return reinterpret_cast<void*>(syscall(SYS_mmap, address, size, protection, flags, file, offset));
}
void* mremap(void* address, std::size_t old_size, std::size_t new_size, int flags, ...) noexcept {
  ++framealloc::test::maps_of_this_thread;
  return reinterpret_cast<void*>(syscall(SYS_mremap, address, old_size, new_size, flags, nullptr));
}
}  // extern "C"

#endif
