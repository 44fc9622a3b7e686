// SPDX-License-Identifier: MIT OR Apache-2.0
// The words that compilers spell differently. The only header that asks which compiler this is.
#pragma once

#if defined(_MSVC_LANG) ? _MSVC_LANG < 202002L : __cplusplus < 201709L
#error \
    "framealloc needs C++20: compile with -std=c++20 or newer (CMake: target_compile_features(... cxx_std_20))"
#endif

// Check level, fixed when the library and its users are compiled (the CMake target passes it on):
//   0  nothing beyond the documented errors: the shape that is measured
//   1  every pool and heap free is verified (double free, foreign pointer), call sites recorded
//   2  internal invariants too
#ifndef FRAMEALLOC_CHECK_LEVEL
#ifdef NDEBUG
#define FRAMEALLOC_CHECK_LEVEL 0
#else
#define FRAMEALLOC_CHECK_LEVEL 1
#endif
#endif

#if defined(__GNUC__) || defined(__clang__)
#define FRAMEALLOC_ALWAYS_INLINE [[gnu::always_inline]] inline
// Between the parameters and the body of a lambda.
#define FRAMEALLOC_INLINE_LAMBDA __attribute__((always_inline))
#define FRAMEALLOC_NOINLINE [[gnu::noinline]]
#define FRAMEALLOC_COLD [[gnu::noinline, gnu::cold]]
// Thread-local lookups as one load from the thread pointer: no wrapper call, no lazy check. Each
// shared object that brings such a variable takes room that glibc has little of and gets back only
// from the object that was loaded last; FRAMEALLOC_DYNAMIC_TLS trades speed for doing without.
#ifndef FRAMEALLOC_DYNAMIC_TLS
#define FRAMEALLOC_TLS_MODEL [[gnu::tls_model("initial-exec")]]
#else
#define FRAMEALLOC_TLS_MODEL
#endif
// What a shared library exports: all that is for users, and of the rest what inline code of the
// headers calls. A static library is compiled with FRAMEALLOC_BUILDS_STATIC and exports nothing, or
// a plugin with a copy of its own would be bound to that of its host, and half of it.
#ifndef FRAMEALLOC_BUILDS_STATIC
#define FRAMEALLOC_API [[gnu::visibility("default")]]
#else
#define FRAMEALLOC_API
#endif
// For constants of headers that become symbols. Without it g++ makes them unique in the process,
// and a plugin in which one of them was found first is never unloaded.
#define FRAMEALLOC_OWN_COPY [[gnu::visibility("hidden")]]
#else
#define FRAMEALLOC_ALWAYS_INLINE inline
#define FRAMEALLOC_INLINE_LAMBDA
#define FRAMEALLOC_NOINLINE
#define FRAMEALLOC_COLD
#define FRAMEALLOC_TLS_MODEL
#define FRAMEALLOC_API
#define FRAMEALLOC_OWN_COPY
#endif

// Name of the enclosing function, template arguments included.
#if defined(__GNUC__) || defined(__clang__)
#define FRAMEALLOC_FUNCTION __PRETTY_FUNCTION__
#else
#define FRAMEALLOC_FUNCTION __func__
#endif

// Effect: none, but that the pointer is kept in the register of results, where g++ 12 would choose
// another and move the pointer at the end of a hot path.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__)
#define FRAMEALLOC_IN_RESULT_REGISTER(pointer) asm("" : "+a"(pointer))
#else
#define FRAMEALLOC_IN_RESULT_REGISTER(pointer) static_cast<void>(0)
#endif

// Tells the compiler what always holds, so that it spares a branch. Nothing is evaluated that has an
// effect.
#if defined(__GNUC__) || defined(__clang__)
#define FRAMEALLOC_ASSUME(holds) ((holds) ? static_cast<void>(0) : __builtin_unreachable())
#else
#define FRAMEALLOC_ASSUME(holds) static_cast<void>(0)
#endif

// Lets Clang's lifetime analysis see that a result points into its argument; g++ 12 would warn.
#if defined(__clang__)
#define FRAMEALLOC_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define FRAMEALLOC_LIFETIMEBOUND
#endif

// Asks for the cache line of an address that is about to be read; waits for nothing.
#if defined(__GNUC__) || defined(__clang__)
#define FRAMEALLOC_PREFETCH_READ(address) __builtin_prefetch((address), 0)
#else
#define FRAMEALLOC_PREFETCH_READ(address) ((void)(address))
#endif

// 1 in code that AddressSanitizer or ThreadSanitizer instruments; g++ says so by macros, Clang by
// features.
#if defined(__SANITIZE_ADDRESS__)
#define FRAMEALLOC_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define FRAMEALLOC_TSAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FRAMEALLOC_ASAN 1
#elif __has_feature(thread_sanitizer)
#define FRAMEALLOC_TSAN 1
#endif
#endif
#ifndef FRAMEALLOC_ASAN
#define FRAMEALLOC_ASAN 0
#endif
#ifndef FRAMEALLOC_TSAN
#define FRAMEALLOC_TSAN 0
#endif

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS)
#define FRAMEALLOC_EXCEPTIONS 1
#else
#define FRAMEALLOC_EXCEPTIONS 0
#endif

namespace framealloc {

namespace detail {

// Effect: asks for the cache line of `address` as for a write; never faults.
FRAMEALLOC_ALWAYS_INLINE void fetch_for_writing(const void* address) noexcept {
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
  // As __builtin_prefetch() with -mprfchw, which the baseline lacks; processors without it do
  // nothing.
  asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(address)));
#elif defined(__GNUC__) || defined(__clang__)
  __builtin_prefetch(address, 1);
#else
  static_cast<void>(address);
#endif
}

// Result: `value`, of which the compiler knows nothing: what is worked out from it is not folded
// with how it came about.
template <class T>
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T opaque(T value) noexcept {
#if defined(__GNUC__) || defined(__clang__)
  asm("" : "+r"(value));
#endif
  return value;
}

}  // namespace detail

/// The check level that this translation unit was compiled with.
inline constexpr int kCheckLevel = FRAMEALLOC_CHECK_LEVEL;

}  // namespace framealloc
