// SPDX-License-Identifier: MIT OR Apache-2.0
// Scope guards: objects whose destructor ends what they began. Each must be used on the thread that
// made it, and must not outlive its allocator.
#pragma once

#include <framealloc/annotations.hpp>
#include <framealloc/arena_scope.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>
#include <string_view>

namespace framealloc {

namespace detail {
class Instance;
class ThreadState;
}  // namespace detail

/// A frame that begins now and ends with the scope.
class [[nodiscard]] FRAMEALLOC_API ScopedFrame {
 public:
  FRAMEALLOC_BEGIN_FRAME explicit ScopedFrame(detail::Instance* instance) noexcept;
  FRAMEALLOC_END_FRAME ~ScopedFrame();
  ScopedFrame(const ScopedFrame&) = delete;
  ScopedFrame& operator=(const ScopedFrame&) = delete;

 private:
  detail::Instance* instance_;
};

/// Rewinds the thread's frame arena to where it was: see ArenaScope.
class [[nodiscard]] FrameScope {
 public:
  FRAMEALLOC_ALWAYS_INLINE explicit FrameScope(FrameArena& arena) noexcept : scope_(arena) {}
  FrameScope(const FrameScope&) = delete;
  FrameScope& operator=(const FrameScope&) = delete;
  /// Effect: one uninitialized T from the scope. Result: as FrameArena::alloc().
  template <class T>
  FRAMEALLOC_FRAME [[nodiscard]] T* alloc() noexcept FRAMEALLOC_LIFETIMEBOUND {
    return scope_.arena().alloc<T>();
  }
  /// The same for `count` of them in a row.
  template <class T>
  FRAMEALLOC_FRAME [[nodiscard]] T* alloc_batch(std::size_t count) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return scope_.arena().alloc_batch<T>(count);
  }

 private:
  ArenaScope scope_;
};

/// As FrameScope, unless commit() was called.
class [[nodiscard]] FRAMEALLOC_API CheckpointGuard {
 public:
  explicit CheckpointGuard(detail::Instance* instance) noexcept;
  FRAMEALLOC_REWINDS ~CheckpointGuard();
  CheckpointGuard(const CheckpointGuard&) = delete;
  CheckpointGuard& operator=(const CheckpointGuard&) = delete;
  void commit() noexcept { committed_ = true; }
  [[nodiscard]] bool is_committed() const noexcept { return committed_; }
  /// Result: the start of the scope; valid as long as any other checkpoint.
  [[nodiscard]] FrameCheckpoint checkpoint() const noexcept {
    return arena_->checkpoint_of(start_);
  }

 private:
  FrameArena* arena_;
  FrameCheckpoint start_;
  bool committed_ = false;
};

/// Allocations of this thread are attributed to the tag until the scope ends.
class [[nodiscard]] FRAMEALLOC_API TagScope {
 public:
  /// Below the thread's tag.
  TagScope(detail::Instance* instance, std::string_view tag) noexcept;
  /// That very tag; one that is not of the allocator counts as Untagged.
  TagScope(detail::Instance* instance, TagId tag) noexcept;
  ~TagScope();
  TagScope(const TagScope&) = delete;
  TagScope& operator=(const TagScope&) = delete;

 private:
  detail::ThreadState* state_;
  TagId before_ = TagId::Untagged;
};

/// A phase that ends with the scope.
class [[nodiscard]] FRAMEALLOC_API PhaseScope {
 public:
  PhaseScope(detail::Instance* instance, std::string_view name) noexcept;
  ~PhaseScope();
  PhaseScope(const PhaseScope&) = delete;
  PhaseScope& operator=(const PhaseScope&) = delete;

 private:
  detail::ThreadState* state_;
  std::size_t depth_ = 0;
};

}  // namespace framealloc
