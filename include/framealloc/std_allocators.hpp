// SPDX-License-Identifier: MIT OR Apache-2.0
// Allocators for the containers of the standard library: in frame memory, the pool and the heap.
#pragma once

#include <framealloc/detail/container/failure.hpp>
#include <framealloc/detail/thread/entry.hpp>
#include <framealloc/detail/thread/handle_access.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace framealloc {

// All three: as the standard requires, allocate() throws std::bad_alloc when memory is denied (and
// ends a program without exceptions); the reason was reported before. Two are equal when they use
// the same arena, or the same allocator. Swapping and move-assigning containers passes the
// allocator on, so neither ever copies elements; copy-assigning keeps the target's.

/// Memory is freed with its frame: deallocate() returns only the newest block of its arena, so a
/// growing std::vector gets its last block back. Use it on the arena's thread, and do not use a
/// container after its frame; destroying it then is harmless if its elements have no destructors.
/// At check level 1, a container that moves from a block of an ended frame to one of the current
/// frame is reported (FA002).
template <class T>
class FrameAllocator {
 public:
  using value_type = T;
  using is_always_equal = std::false_type;
  using propagate_on_container_copy_assignment = std::false_type;
  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;

  FrameAllocator(FrameArena& arena FRAMEALLOC_LIFETIMEBOUND) noexcept : arena_(&arena) {}
  /// From the facade: the calling thread's arena.
  template <class Facade>
    requires requires(Facade& facade) {
      { facade.frame_arena() } -> std::same_as<FrameArena&>;
    }
  FrameAllocator(Facade& facade FRAMEALLOC_LIFETIMEBOUND) noexcept
      : FrameAllocator(facade.frame_arena()) {}
  template <class U>
  FrameAllocator(const FrameAllocator<U>& other) noexcept
      : arena_(other.arena_), epoch_(other.epoch_), newest_(other.newest_) {}

  [[nodiscard]] T* allocate(std::size_t count) {
    T* const block = arena_->alloc_batch<T>(count, CallSite::of_function(FRAMEALLOC_FUNCTION));
    if (block == nullptr) [[unlikely]] {
      detail::refuse_memory(saturating_bytes(count, sizeof(T)));
    }
    if constexpr (kCheckLevel >= 1) {
      before_ = newest_;
      clock_before_ = clock_;
      clock_ = arena_->clock();
    }
    epoch_ = arena_->epoch();
    newest_ = block;
    return block;
  }
  void deallocate(T* block, std::size_t count) noexcept {
    if constexpr (kCheckLevel >= 1) {
      if (block == before_ && block != newest_) arena_->check_age(clock_before_);
    }
    // Only a block of this epoch: a block of an older frame may end at the same address as the
    // newest of this one.
    if (block == newest_ && arena_->holds(epoch_)) {
      arena_->shrink_top(block, count * sizeof(T), 0);
    }
  }
  [[nodiscard]] static constexpr std::size_t max_size() noexcept { return kMaxRequest / sizeof(T); }
  [[nodiscard]] FrameArena& arena() const noexcept { return *arena_; }

  template <class U>
  friend bool operator==(const FrameAllocator& a, const FrameAllocator<U>& b) noexcept {
    return &a.arena() == &b.arena();
  }

 private:
  template <class>
  friend class FrameAllocator;
  FrameArena* arena_;
  std::uint64_t epoch_ = 0;  // of the arena, when this allocator was last used
  void* newest_ = nullptr;   // the block that it had then
  // At check level 1: the block before, and the frames of both.
  void* before_ = nullptr;
  std::uint64_t clock_ = 0;
  std::uint64_t clock_before_ = 0;
};

namespace detail {

// The facade, and not another allocator.
template <class Facade>
concept HasInstance = requires(Facade& facade) {
  { HandleAccess::instance(facade) } -> std::same_as<Instance*>;
} && !requires { typename Facade::value_type; };

}  // namespace detail

/// Usable from any thread; a container may be filled on one and destroyed on another.
template <class T>
class PoolAllocator {
 public:
  using value_type = T;
  using is_always_equal = std::false_type;
  using propagate_on_container_copy_assignment = std::false_type;
  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;

  /// Null, the instance of an allocator that could not be made, has no memory.
  explicit PoolAllocator(detail::Instance* instance) noexcept : instance_(instance) {}
  template <detail::HasInstance Facade>
  PoolAllocator(Facade& facade FRAMEALLOC_LIFETIMEBOUND) noexcept
      : PoolAllocator(detail::HandleAccess::instance(facade)) {}
  template <class U>
  PoolAllocator(const PoolAllocator<U>& other) noexcept : instance_(other.instance()) {}

  [[nodiscard]] T* allocate(std::size_t count) {
    constexpr CallSite kSite = CallSite::of_function(FRAMEALLOC_FUNCTION).template of_type<T>();
    const std::size_t bytes = saturating_bytes(count, sizeof(T));
    void* const block = instance_ == nullptr
                            ? nullptr
                            : detail::pool_allocate(*instance_, bytes, alignof(T), kSite);
    if (block == nullptr) [[unlikely]] {
      detail::refuse_memory(bytes);
    }
    return static_cast<T*>(block);
  }
  void deallocate(T* block, std::size_t count) noexcept {
    detail::pool_free(*instance_, block, count * sizeof(T), alignof(T), CallSite{});
  }
  [[nodiscard]] static constexpr std::size_t max_size() noexcept { return kMaxRequest / sizeof(T); }
  [[nodiscard]] detail::Instance* instance() const noexcept { return instance_; }

  template <class U>
  friend bool operator==(const PoolAllocator& a, const PoolAllocator<U>& b) noexcept {
    return a.instance() == b.instance();
  }

 private:
  detail::Instance* instance_;
};

/// Usable from any thread; a container may be filled on one and destroyed on another.
template <class T>
class HeapAllocator {
 public:
  using value_type = T;
  using is_always_equal = std::false_type;
  using propagate_on_container_copy_assignment = std::false_type;
  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;

  /// Null, the instance of an allocator that could not be made, has no memory.
  explicit HeapAllocator(detail::Instance* instance) noexcept : instance_(instance) {}
  template <detail::HasInstance Facade>
  HeapAllocator(Facade& facade FRAMEALLOC_LIFETIMEBOUND) noexcept
      : HeapAllocator(detail::HandleAccess::instance(facade)) {}
  template <class U>
  HeapAllocator(const HeapAllocator<U>& other) noexcept : instance_(other.instance()) {}

  [[nodiscard]] T* allocate(std::size_t count) {
    constexpr CallSite kSite = CallSite::of_function(FRAMEALLOC_FUNCTION).template of_type<T>();
    const std::size_t bytes = saturating_bytes(count, sizeof(T));
    void* const block = instance_ == nullptr
                            ? nullptr
                            : detail::heap_allocate(*instance_, bytes, alignof(T), kSite);
    if (block == nullptr) [[unlikely]] {
      detail::refuse_memory(bytes);
    }
    return static_cast<T*>(block);
  }
  void deallocate(T* block, std::size_t) noexcept {
    detail::heap_free(*instance_, block, CallSite{});
  }
  [[nodiscard]] static constexpr std::size_t max_size() noexcept { return kMaxRequest / sizeof(T); }
  [[nodiscard]] detail::Instance* instance() const noexcept { return instance_; }

  template <class U>
  friend bool operator==(const HeapAllocator& a, const HeapAllocator<U>& b) noexcept {
    return a.instance() == b.instance();
  }

 private:
  detail::Instance* instance_;
};

/// std::vector on the pool, and on the heap: made with PoolVec<T>(PoolAllocator<T>(alloc)).
template <class T>
using PoolVec = std::vector<T, PoolAllocator<T>>;
template <class T>
using HeapVec = std::vector<T, HeapAllocator<T>>;

}  // namespace framealloc
