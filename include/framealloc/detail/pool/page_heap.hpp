// SPDX-License-Identifier: MIT OR Apache-2.0
// Slab pages, cut from chunks of the chunk pool.
#pragma once

#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/pool/chunk_registry.hpp>
#include <framealloc/detail/pool/slab.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace framealloc::detail {

// A chunk that is cut into slab pages. Lives in bookkeeping memory.
struct SlabChunk {
  Region region;
  SlabChunk* next = nullptr;
  SlabChunk* previous = nullptr;
  std::byte* base = nullptr;
  std::size_t free_pages = 0;
  std::uint64_t* free_bits = nullptr;   // bit set: the page is free
  std::uint64_t* dirty_bits = nullptr;  // bit set: the page may hold memory of the system
};

// Takes from the fullest chunk that has a free page, so emptier ones drain and return to the chunk
// pool. Thread contract: any thread; a spin lock guards the table, chunks are acquired and
// released outside it.
class PageHeap {
 public:
  // Requirement: `page_size` a power of two, at most the size of a chunk.
  PageHeap(ChunkPool& chunks, LimitedSource& limited_source, MetadataAllocator& metadata,
           ChunkRegistry& registry, std::size_t page_size) noexcept;
  ~PageHeap();  // gives every chunk back, live blocks or not
  PageHeap(const PageHeap&) = delete;
  PageHeap& operator=(const PageHeap&) = delete;

  // Result: a page whose header is initialized but not sealed; null when memory is out,
  // `*denied_by_limit` distinguishes a limit from an exhausted source.
  [[nodiscard]] SlabHeader* acquire(bool* denied_by_limit) noexcept;
  // Requirement: no block of the page is in use. Breaks the seal.
  void release(SlabHeader* page) noexcept;
  // Effect: gives the memory of free pages back to the system. Result: bytes given back.
  std::size_t trim() noexcept;
  [[nodiscard]] ChunkPool& chunk_pool() noexcept { return chunk_pool_; }
  // Result: bytes of free pages.
  [[nodiscard]] std::size_t free_bytes() const noexcept {
    return free_pages_.load(std::memory_order_relaxed) * page_size_;
  }
  // Result: true if `address` lies in a chunk of this heap.
  [[nodiscard]] bool owns(const void* address) noexcept;

  // Effect: calls visit(SlabHeader&) for every slab. The lock is held: `visit` must not allocate or
  // free. Slabs that are just being made or released are left out.
  template <class Visit>
  void for_each_slab(Visit&& visit) {
    for_each_page([&](SlabHeader& slab) {
      if (slab.seal.load(std::memory_order_acquire) == SlabHeader::kSeal) visit(slab);
    });
  }
  // The same for every page that is taken, whatever its header says.
  template <class Visit>
  void for_each_page(Visit&& visit) {
    const std::lock_guard guard(lock_);
    for (SlabChunk* first : {with_room_, full_}) {
      for (SlabChunk* chunk = first; chunk != nullptr; chunk = chunk->next) {
        for (std::size_t page = 0; page < pages_per_chunk_; ++page) {
          if (is_free(*chunk, page)) continue;
          visit(*reinterpret_cast<SlabHeader*>(chunk->base + page * page_size_));
        }
      }
    }
  }

 private:
  [[nodiscard]] static bool is_free(const SlabChunk& chunk, std::size_t page) noexcept {
    return ((chunk.free_bits[page / 64] >> (page % 64)) & 1) != 0;
  }
  [[nodiscard]] std::size_t words() const noexcept { return (pages_per_chunk_ + 63) / 64; }
  [[nodiscard]] std::size_t descriptor_bytes() const noexcept;
  [[nodiscard]] SlabChunk* make_chunk(bool* denied_by_limit) noexcept;
  void destroy_chunk(SlabChunk* chunk) noexcept;
  // Under the lock.
  [[nodiscard]] SlabChunk* fullest_with_room() noexcept;
  [[nodiscard]] SlabHeader* take_page(SlabChunk& chunk) noexcept;
  [[nodiscard]] SlabChunk*& list_of(const SlabChunk& chunk) noexcept {
    return chunk.free_pages == 0 ? full_ : with_room_;
  }
  void link(SlabChunk* chunk) noexcept;
  void unlink(SlabChunk* chunk) noexcept;
  void count_free(std::size_t more, std::size_t less) noexcept {
    free_pages_.store(free_pages_.load(std::memory_order_relaxed) + more - less,
                      std::memory_order_relaxed);
  }

  ChunkPool& chunk_pool_;
  LimitedSource& limited_source_;
  MetadataAllocator& metadata_;
  ChunkRegistry& registry_;
  std::size_t page_size_;
  std::size_t pages_per_chunk_;
  SpinLock lock_;
  SlabChunk* with_room_ = nullptr;
  SlabChunk* full_ = nullptr;               // no page is free: nobody who wants one has to pass by
  std::atomic<std::size_t> free_pages_{0};  // in chunks on the two lists
};

}  // namespace framealloc::detail
