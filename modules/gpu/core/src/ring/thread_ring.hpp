// SPDX-License-Identifier: MIT OR Apache-2.0
// What stands behind a FrameRing, and how threads find theirs.
#pragma once

#include "ring/ring_set.hpp"

#include <framealloc/gpu/frame_ring.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::gpu::detail {

class RingStore;

// A FrameRing and its bookkeeping. The fields of the ring itself are its thread's; those below are
// written under the store's lock.
struct RingAccess {
  FrameRing ring;
  RingStore* store = nullptr;
  RingSet* set = nullptr;
  GpuMemoryIntent intent = GpuMemoryIntent::Staging;
  const void* thread = nullptr;  // whose it is; null: nobody's, its thread has ended
  RingPage* page = nullptr;      // null: none in this frame
  std::uint64_t counted = 0;     // cursor up to which bytes are counted
  TagId tag = TagId::Untagged;
  RingAccess* next = nullptr;

  void attach(RingStore& to) noexcept {
    store = &to;
    ring.owner_ = this;
  }
  [[nodiscard]] static RingAccess* of(FrameRing& ring) noexcept { return ring.owner_; }
  [[nodiscard]] std::uint64_t cursor() const noexcept {
    return ring.cursor_.load(std::memory_order_relaxed);
  }
  void set_cursor(std::uint64_t cursor) noexcept {
    ring.cursor_.store(cursor, std::memory_order_relaxed);
  }
  void set_limit(std::uint64_t limit) noexcept {
    ring.limit_.store(limit, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t mask(std::size_t alignment) const noexcept {
    return (alignment - 1) | ring.mask_;
  }
  void set_least_alignment(std::size_t alignment) noexcept { ring.mask_ = alignment - 1; }
  // Requirement: the ring's thread.
  void set_place(std::byte* base, std::uint64_t buffer, std::uint64_t frame) noexcept {
    ring.base_ = base;
    ring.buffer_ = buffer;
    ring.frame_ = frame;
  }
  [[nodiscard]] GpuSlice slice(std::uint64_t at, std::size_t size) const noexcept {
    return {ring.base_ + at, ring.buffer_, at, size, ring.frame_};
  }
};

// Which store's ring a thread has found before. A store is told when a thread ends.
class ThreadRings {
 public:
  // Result: null where the thread has not found it lately.
  [[nodiscard]] static RingAccess* find(std::uint64_t store, GpuMemoryIntent intent) noexcept;
  static void remember(std::uint64_t store, RingAccess& ring) noexcept;
  // Result: what names the calling thread as long as it lives.
  [[nodiscard]] static const void* this_thread() noexcept;
  // Effect: the store is told of threads that end, until leave().
  static void enter(RingStore& store) noexcept;
  static void leave(RingStore& store) noexcept;
  [[nodiscard]] static std::uint64_t next_id() noexcept;
};

}  // namespace framealloc::gpu::detail
