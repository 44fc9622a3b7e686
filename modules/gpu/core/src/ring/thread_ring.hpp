// SPDX-License-Identifier: MIT OR Apache-2.0
// What stands behind a FrameRing, and how threads find theirs.
#pragma once

#include "ring/ring_set.hpp"

#include <framealloc/call_site.hpp>
#include <framealloc/gpu/frame_ring.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace framealloc::gpu::detail {

class RingStore;

// A FrameRing and its bookkeeping. The fields of the ring itself are its thread's; those below are
// written under the store's lock.
struct RingAccess {
  std::array<std::byte, 64>
      apart{};  // what another thread writes lies in no cache line of the ring
  FrameRing ring;
  RingStore* store = nullptr;
  RingSet* set = nullptr;
  GpuMemoryIntent intent = GpuMemoryIntent::Staging;
  const void* thread = nullptr;  // whose it is; null: nobody's, its thread has ended
  RingPage* page = nullptr;      // null: none in this frame
  TagId tag = TagId::Untagged;
  CallSite site;  // of the thread's last frame_ring()
  RingAccess* next = nullptr;

  void attach(RingStore& to) noexcept {
    store = &to;
    ring.owner_ = this;
  }
  [[nodiscard]] static RingAccess* of(FrameRing& ring) noexcept { return ring.owner_; }
  // The first byte that is not handed out.
  [[nodiscard]] std::uint64_t cursor() const noexcept {
    return ring.last_.load(std::memory_order_relaxed) + 1;
  }
  void set_cursor(std::uint64_t cursor) noexcept {
    ring.last_.store(cursor - 1, std::memory_order_relaxed);
  }
  // Result: bytes of the page's slices. On another thread than the ring's it may be ahead of the
  // cursor, or behind it, by a slice.
  [[nodiscard]] std::uint64_t handed_out() const noexcept {
    return ring.handed_out_.load(std::memory_order_relaxed);
  }
  void set_handed_out(std::uint64_t bytes) noexcept {
    ring.handed_out_.store(bytes, std::memory_order_relaxed);
  }
  // Effect: slices may go up to there. Requirement: not 0.
  void open_to(std::uint64_t end) noexcept {
    ring.limit_.store(end - 1, std::memory_order_relaxed);
  }
  void close() noexcept { ring.limit_.store(0, std::memory_order_relaxed); }
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
