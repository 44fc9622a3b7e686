// SPDX-License-Identifier: MIT OR Apache-2.0
// The frame memory of one allocator: rings of threads, and buffers that live for frames.
#pragma once

#include "device/brief_lock.hpp"
#include "device/gpu_core.hpp"
#include "device/transient_memory.hpp"
#include "ring/ring_set.hpp"
#include "ring/thread_ring.hpp"

#include <framealloc/gpu/frame_ring.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

namespace framealloc::gpu::detail {

// Slow paths work under one lock; a slice that fits its thread's page takes none. Thread contract:
// any thread, frames begin and end on one at a time.
class RingStore final : public TransientMemory {
 public:
  explicit RingStore(GpuCore& core) noexcept;
  RingStore(const RingStore&) = delete;
  RingStore& operator=(const RingStore&) = delete;

  // Result: this thread's ring; one that denies for an intent that has none, or without memory.
  [[nodiscard]] FrameRing& ring(GpuMemoryIntent intent, const CallSite& site) noexcept;
  // Effect: what a ring does when its limit says no.
  [[nodiscard]] GpuSlice serve(RingAccess& ring, std::size_t size, std::uint64_t mask) noexcept;
  // Effect: the rings of a thread that ends may be another's.
  void give_up_rings_of(const void* thread) noexcept;

  [[nodiscard]] bool allocate(const GpuAllocRequirements& request, TransientPiece& piece,
                              GpuDenial& denial) noexcept override;
  void begin_frame(std::uint64_t frame) noexcept override;
  void end_frame(std::uint64_t frame) noexcept override;
  void release(std::uint64_t completed) noexcept override;
  std::size_t trim(unsigned heap) noexcept override;
  void settle() noexcept override;
  void recall() noexcept override;
  TransientFigures figures() noexcept override;
  std::size_t used(unsigned heap) noexcept override;
  void visit(TransientVisitor visitor, void* context) noexcept override;
  void shut_down() noexcept override;

  RingStore* next_store = nullptr;  // of all in this copy of the library, see thread_ring.cpp
  const std::uint64_t id;           // never given to another

 private:
  // Under the lock.
  [[nodiscard]] RingSet* set_of(GpuMemoryIntent intent, unsigned frames,
                                BufferUsage usage) noexcept;
  [[nodiscard]] RingPage* take_page(RingSet& set, std::size_t size, std::size_t alignment) noexcept;
  // The same, as large as there is room for from `most` down to `least`.
  [[nodiscard]] RingPage* take_page(RingSet& set, std::size_t most, std::size_t least,
                                    std::size_t alignment) noexcept;
  // Result: the size to try after that, not below `least`.
  [[nodiscard]] static std::size_t smaller(std::size_t size, std::size_t least) noexcept;
  void close_page(RingPage& page) noexcept;
  void detach(RingAccess& ring) noexcept;
  void settle(RingAccess& ring) noexcept;
  // Effect: so many bytes more are handed out of the page, which is in use up to `extent` now.
  void count(RingPage& page, TagId tag, std::size_t bytes, std::size_t extent,
             bool charged) noexcept;
  void forget(RingPage* page) noexcept;
  void set_limit(RingAccess& ring) noexcept;
  [[nodiscard]] GpuSlice slice_of(RingAccess& ring, std::size_t size, std::uint64_t mask) noexcept;
  [[nodiscard]] RingAccess* make_ring(GpuMemoryIntent intent) noexcept;
  [[nodiscard]] RingAccess* find_ring(GpuMemoryIntent intent) noexcept;
  // Effect: takes empty blocks out, of one heap or all; those that have been empty since before
  // `before`, and beyond `keep` of each memory type.
  [[nodiscard]] RingBlock* take_empty(unsigned heap, std::uint64_t before, unsigned keep) noexcept;
  // Without the lock.
  // Effect: a block for a page, or where none can be had for `size` at least; or finds that the blocks
  // that there are may have room for that: then `small` is set, which says that no page is to be
  // expected.
  [[nodiscard]] bool grow(RingSet& set, std::size_t page, std::size_t size, bool& small,
                          GpuDenial& denial) noexcept;
  [[nodiscard]] bool has_room(const RingSet& set, unsigned type, std::size_t size) noexcept;
  [[nodiscard]] bool make_block(RingSet& set, unsigned type, std::size_t size, bool make_room,
                                RingBlock*& block, GpuDenial& denial) noexcept;
  std::size_t give_back(RingBlock* blocks) noexcept;
  template <class T>
  [[nodiscard]] T* make() noexcept;
  template <class T>
  void drop(T* object) noexcept;

  GpuCore& core_;
  BriefLock lock_;
  std::atomic<bool> open_{false};
  std::uint64_t frame_ = 0;
  RingSet* sets_ = nullptr;
  RingAccess* rings_ = nullptr;
  RingAccess denying_;      // for intents without rings
  RingAccess unaccounted_;  // where there is no bookkeeping memory for a thread's own
  std::size_t total_ = 0, allocated_ = 0, retired_ = 0, padding_ = 0, peak_ = 0;
  std::uint64_t blocks_ = 0;
  std::array<std::size_t, kMaxHeaps> used_{};
};

template <class T>
T* RingStore::make() noexcept {
  void* const block = core_.host.bookkeeping_alloc(sizeof(T));
  return block == nullptr ? nullptr : ::new (block) T;
}

template <class T>
void RingStore::drop(T* object) noexcept {
  object->~T();
  core_.host.bookkeeping_free(object, sizeof(T));
}

}  // namespace framealloc::gpu::detail
