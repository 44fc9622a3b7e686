// SPDX-License-Identifier: MIT OR Apache-2.0
// Coroutine frames that are pool blocks.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/pool_ref.hpp>
#include <framealloc/smart_alloc.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

// Inlined into the function that makes the coroutine, except under AddressSanitizer: clang 19 ends
// the life of temporaries of what it inlines there too early, and every coroutine would be accused.
#if FRAMEALLOC_ASAN
#define FRAMEALLOC_ASYNC_INLINE FRAMEALLOC_NOINLINE
#else
#define FRAMEALLOC_ASYNC_INLINE FRAMEALLOC_ALWAYS_INLINE
#endif

namespace framealloc::async {

/// Of all coroutines on PooledFrame, Task included, over the process. Exact once the reader has
/// synchronized with the threads that made and ended them.
struct CoroutineStats {
  std::int64_t live_frames = 0;             ///< now, in pools and in the system's heap
  std::uint64_t frames_on_global_heap = 0;  ///< ever made without an allocator in sight
};
/// Any thread.
[[nodiscard]] CoroutineStats coroutine_stats() noexcept;

namespace detail {

// What the mark of a PoolRef says here, so that one look tells the usual case from all others. No
// mark: there is no pool, and the system's heap serves.
inline constexpr std::uint8_t kPool = 1;
inline constexpr std::uint8_t kWatched = 2;  // with kPool: its allocator verifies every call

[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE PoolRef marked_pool(const SmartAlloc& alloc) noexcept {
  PoolRef pool(alloc);
  pool.set_mark(kPool);
  return pool;
}
[[nodiscard]] inline PoolRef pool_of(const SmartAlloc& alloc) noexcept {
  PoolRef pool(alloc);
  pool.set_mark(alloc.config().checked ? kPool | kWatched : kPool);
  return pool;
}

// One writer, the thread that has claimed it; see count_frame().
struct alignas(64) FrameCounter {
  std::atomic<std::int64_t> live{0};
  std::atomic<std::uint64_t> on_global_heap{0};
};

// What a thread that makes coroutines has. In one object, so that its address is found once.
struct CoroutineThread {
  PoolRef current;  // which pool they take their frames from
  FrameCounter* counter = nullptr;
};
inline constinit thread_local CoroutineThread this_thread;

FRAMEALLOC_COLD void count_frame_slow(std::int64_t change) noexcept;
FRAMEALLOC_ALWAYS_INLINE void count_frame(std::int64_t change) noexcept {
  if (FrameCounter* const mine = this_thread.counter; mine != nullptr) [[likely]] {
    mine->live.store(mine->live.load(std::memory_order_relaxed) + change,
                     std::memory_order_relaxed);
  } else {
    count_frame_slow(change);
  }
}

// Stands in front of a coroutine frame. Of a frame in the system's heap the pool has no mark.
struct FrameHeader {
  PoolRef pool;
};
static_assert(sizeof(FrameHeader) == kGranule, "a coroutine frame must stay aligned to 16");

[[nodiscard]] FRAMEALLOC_COLD void* system_frame(std::size_t bytes) noexcept;
FRAMEALLOC_COLD void free_system_frame(void* block) noexcept;

// Effect: says that a coroutine has no frame, and ends the program.
[[noreturn]] FRAMEALLOC_COLD void abort_without_frame() noexcept;

// Result: the frame. A denied one is std::bad_alloc, and in a program without exceptions its end;
// `exceptions` names the caller's setting.
template <bool exceptions = FRAMEALLOC_EXCEPTIONS != 0>
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* frame_or_throw(void* frame) {
  if (frame == nullptr) [[unlikely]] {
#if FRAMEALLOC_EXCEPTIONS
    throw std::bad_alloc();
#else
    abort_without_frame();
#endif
  }
  return frame;
}

// Effect: `prefix + sizeof(FrameHeader) + size` bytes. Result: where the frame begins; null when
// the pool denied it, which it has reported.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* new_frame(const PoolRef& pool, std::size_t size,
                                                       std::size_t prefix = 0) noexcept {
  constexpr CallSite kSite = CallSite::of_function("a coroutine's frame");
  void* const block = pool.alloc_bytes(prefix + sizeof(FrameHeader) + size, kSite);
  if (block == nullptr) [[unlikely]]
    return nullptr;
  auto* const header = ::new (static_cast<std::byte*>(block) + prefix) FrameHeader{pool};
  count_frame(1);
  return header + 1;
}
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE FrameHeader* header_of(void* frame) noexcept {
  return static_cast<FrameHeader*>(frame) - 1;
}
FRAMEALLOC_ALWAYS_INLINE void delete_frame(void* frame, std::size_t size,
                                           std::size_t prefix = 0) noexcept {
  FrameHeader* const header = header_of(frame);
  const PoolRef& pool = header->pool;
  count_frame(-1);
  if (pool.mark() != 0) [[likely]] {
    pool.free_bytes(reinterpret_cast<std::byte*>(header) - prefix,
                    prefix + sizeof(FrameHeader) + size);
  } else {
    free_system_frame(header);
  }
}

}  // namespace detail

/// Coroutines made on this thread, until the scope ends, have their frames in the allocator's pool.
/// Scopes nest. The allocator must outlive the frames. Requirement: ended by the thread that made
/// it, so keep none over a co_await; Task, spawn(), use_pool() and the awaitables of this module
/// set the pool anew for the coroutines that they resume.
class AllocatorScope {
 public:
  explicit AllocatorScope(const SmartAlloc& alloc) noexcept
      : AllocatorScope(detail::pool_of(alloc)) {}
  /// For the module: a pool that is marked already, or what was in effect when a coroutine
  /// suspended.
  explicit AllocatorScope(const PoolRef& pool) noexcept : before_(detail::this_thread.current) {
    detail::this_thread.current = pool;
  }
  ~AllocatorScope() { detail::this_thread.current = before_; }
  AllocatorScope(const AllocatorScope&) = delete;
  AllocatorScope& operator=(const AllocatorScope&) = delete;

 private:
  PoolRef before_;
};

/// Base of a promise: its coroutine's frame is a pool block that knows its pool, and goes home to
/// it from whichever thread ends the coroutine. The pool is that of the argument behind
/// std::allocator_arg, else the AllocatorScope's; without one the frame is in the system's heap,
/// which coroutine_stats() counts.
///
///     struct promise_type : framealloc::async::PooledFrame { ... };
///     Loader load(std::allocator_arg_t, const SmartAlloc&, Path);   // or a member function
///
/// A frame that is denied is reported, and nothing throws: the coroutine returns what the promise's
/// get_return_object_on_allocation_failure() gives. A promise that has none stands on
/// PooledFrameOrThrow: here the language has no way out for it, and a denied frame would be a
/// crash after the report.
/// Requirement: the coroutine ends before the allocator does. Thread contract: any thread.
class PooledFrame {
 public:
  [[nodiscard]] FRAMEALLOC_ASYNC_INLINE static void* operator new(std::size_t size) noexcept {
    const PoolRef& current = detail::this_thread.current;
    return current.mark() != 0 ? detail::new_frame(current, size) : detail::system_frame(size);
  }
  template <class... A>
  [[nodiscard]] FRAMEALLOC_ASYNC_INLINE static void* operator new(std::size_t size,
                                                                  std::allocator_arg_t,
                                                                  const SmartAlloc& alloc,
                                                                  A&&...) noexcept {
    return detail::new_frame(detail::marked_pool(alloc), size);
  }
  /// For member functions and lambdas.
  template <class This, class... A>
  [[nodiscard]] FRAMEALLOC_ASYNC_INLINE static void* operator new(std::size_t size, This&&,
                                                                  std::allocator_arg_t,
                                                                  const SmartAlloc& alloc,
                                                                  A&&...) noexcept {
    return detail::new_frame(detail::marked_pool(alloc), size);
  }
  FRAMEALLOC_ASYNC_INLINE static void operator delete(void* frame, std::size_t size) noexcept {
    detail::delete_frame(frame, size);
  }
};

/// The same for a promise without get_return_object_on_allocation_failure(): a frame that is
/// denied is reported, and the call of the coroutine throws std::bad_alloc; in a program without
/// exceptions it ends the program with a message.
class PooledFrameOrThrow : public PooledFrame {
 public:
  [[nodiscard]] FRAMEALLOC_ASYNC_INLINE static void* operator new(std::size_t size) {
    return detail::frame_or_throw(PooledFrame::operator new(size));
  }
  template <class... A>
    requires requires(std::size_t size, A&&... arguments) {
      PooledFrame::operator new(size, std::forward<A>(arguments)...);
    }
  [[nodiscard]] FRAMEALLOC_ASYNC_INLINE static void* operator new(std::size_t size,
                                                                  A&&... arguments) {
    return detail::frame_or_throw(PooledFrame::operator new(size, std::forward<A>(arguments)...));
  }
  FRAMEALLOC_ASYNC_INLINE static void operator delete(void* frame, std::size_t size) noexcept {
    PooledFrame::operator delete(frame, size);
  }
};

}  // namespace framealloc::async
