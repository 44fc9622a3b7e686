// SPDX-License-Identifier: MIT OR Apache-2.0
// Identity and end of threads.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/ids.hpp>

#include <cstdint>

namespace framealloc::os {

// Result: the number of this thread, given on its first call and never reused in the process.
[[nodiscard]] FRAMEALLOC_API ThreadId current_thread_id() noexcept;

// A word that differs between all threads that live now; one load. A thread's word may be given
// out again after the thread has ended.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE std::uintptr_t thread_word() noexcept {
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__aarch64__))
  return reinterpret_cast<std::uintptr_t>(__builtin_thread_pointer());
#else
  static thread_local char anchor;
  return reinterpret_cast<std::uintptr_t>(&anchor);
#endif
}

// Effect: `hook(argument)` runs once when this thread ends, after the destructors of the thread's
// own C++ thread-local objects. A second call replaces the first, and a null hook cancels it; a
// hook may register again, and runs again then. Allocates nothing. It does not run for a thread
// that the end of the process cuts off, which includes the main thread when it returns from main().
// Result: false when the platform has no slot left.
bool at_thread_exit(void (*hook)(void*), void* argument) noexcept;

// Effect: tells the core to let another hardware thread go first; then the system to let another
// thread run. `round` counts the caller's tries.
FRAMEALLOC_API void relax(unsigned round) noexcept;

}  // namespace framealloc::os
