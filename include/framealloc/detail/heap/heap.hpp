// SPDX-License-Identifier: MIT OR Apache-2.0
// Blocks of any size and alignment that live until they are freed.
#pragma once

#include <framealloc/budget.hpp>
#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/heap/span_chunk.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/pool/pool_shared.hpp>
#include <framealloc/detail/pool/pool_thread.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace framealloc::detail {

// A block that has whole chunks to itself.
struct Run {
  Region region;  // address of the block
  Run* next = nullptr;
  Run* previous = nullptr;
  void* base = nullptr;
  std::size_t run_bytes = 0;  // from base, as acquired
  std::size_t bytes = 0;      // as accounted
  std::size_t size = 0;       // as requested
  TagId tag = TagId::Untagged;
  AllocKind kind = AllocKind::Heap;
  CallSite site;
  std::uint64_t frame = 0;
};

// One per allocator. Small blocks come from slab pages of their own kind, like pool blocks; larger
// ones up to half a chunk from span chunks, of which each thread has a current one with its own
// lock; larger ones still are runs of chunks. Accounting is exact: bytes as requested, rounded up
// to the granule for large blocks and to the class for small ones, under the tag that was current.
// Thread contract: any thread, except where said.
class Heap final : public LargeBlocks {
 public:
  // Effect: from now on `shared` sends here what its slab pages cannot serve.
  // Requirement: the arguments are those that `shared` was made with; all outlive this object.
  Heap(PoolShared& shared, ChunkPool& chunks, MetadataAllocator& metadata, BudgetManager* budgets,
       const std::atomic<std::uint64_t>& frame_number) noexcept;
  // Gives everything back, live blocks or not. Nothing may allocate or free from then on.
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  // As PoolThread::allocate() with AllocKind::Heap. `thread` is the calling thread's.
  [[nodiscard]] void* allocate(PoolThread& thread, std::size_t size, std::size_t alignment,
                               const CallSite& site, Denial* why = nullptr) noexcept {
    return thread.allocate(size, alignment, AllocKind::Heap, site, why);
  }
  // As PoolThread::free() with AllocKind::Heap.
  void free(PoolThread* mine, void* block, const CallSite& site) noexcept {
    PoolThread::free(shared_, mine, block, AllocKind::Heap, site);
  }
  // Effect: makes the block `size` bytes long where it is, if there is room and budget, and
  // accounts for it. Result: false when it stays as it was. No report. Requirement: `block` is in
  // use. `mine` is the caller's own object, null when it is not attached.
  [[nodiscard]] bool try_resize(PoolThread* mine, void* block, std::size_t size) noexcept;
  // What is known of a block in use. `size`: bytes that may be used, at least what was requested.
  struct Found {
    bool ours = false;
    std::size_t size = 0;
    TagId tag = TagId::Untagged;
    std::size_t bytes = 0;  // as accounted
  };
  [[nodiscard]] Found find(const void* block) noexcept;
  [[nodiscard]] std::size_t usable_size(const void* block) noexcept { return find(block).size; }
  // Result: the page of a block of pool or heap, found without a lock or a call; null for every
  // other address, while frees are verified, and for pages that only search_plain_slab() finds.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE SlabHeader* slab_if_plain(
      const void* block) const noexcept {
    const PoolShared& shared = shared_;
    const auto address = reinterpret_cast<std::uintptr_t>(block);
    const std::uintptr_t start = address & shared.plain_mask_.load(std::memory_order_relaxed);
    SlabHeader* const slab = slab_of(block, shared.page_mask_);
    if (!shared.registry_.is_known_as(start, RegionKind::SlabChunk)) [[unlikely]]
      return nullptr;
    FRAMEALLOC_ASSUME(slab != nullptr);  // the chunk is not at null, so neither is its page
    return slab;
  }
  // The same for all pages. It may take a lock.
  [[nodiscard]] SlabHeader* search_plain_slab(const void* block) noexcept;
  // Result: whether the address is of a chunk of pool or heap blocks, or begins a block that has
  // chunks to itself. Reads nothing there. Any thread.
  [[nodiscard]] bool owns(const void* block) noexcept;

  // Effect: calls visit for every large block in use. Empty unless PoolShared::checked(); `visit`
  // runs under a lock and must not allocate or free.
  void for_each_live(LiveBlockVisitor visit, void* context) noexcept;

  void* allocate_large(PoolThread& thread, std::size_t size, std::size_t alignment, AllocKind kind,
                       const CallSite& site, Denial* why) noexcept override;
  void free_large(PoolThread* thread, void* block, AllocKind kind,
                  const CallSite& site) noexcept override;
  void collect(PoolThread& thread, bool leaving) noexcept override;
  void release_held(PoolThread* thread, void* block) noexcept override;
  void check_guards(DamageList& found) noexcept override;

  // Effect: with a guard mode, runs that were kept inaccessible for long enough go back; with
  // `all`, every one. Any thread.
  void expire_runs(bool all) noexcept;

 private:
  // What an allocation is about.
  struct Request {
    PoolThread& thread;
    std::size_t size;   // as asked for
    std::size_t bytes;  // as accounted
    std::size_t alignment;
    TagId tag;
    AllocKind kind;
    const CallSite& site;
  };

  // Span chunks: heap_spans.cpp.
  [[nodiscard]] void* allocate_span(const Request& request, bool* denied_by_limit) noexcept;
  [[nodiscard]] void* take_span(SpanChunk& chunk, const Request& request) noexcept;
  [[nodiscard]] void* take_from_any(const Request& request, bool held_ones,
                                    SpanChunk** chunk) noexcept;
  [[nodiscard]] SpanChunk* make_chunk(bool* denied_by_limit) noexcept;
  void destroy_chunk(SpanChunk* chunk) noexcept;
  void hold(PoolThread& thread, SpanChunk* chunk) noexcept;
  void let_go(SpanChunk* chunk) noexcept;
  [[nodiscard]] SpanChunk* pin_next(const SpanChunk* after) noexcept;
  void unlink(SpanChunk* chunk) noexcept;
  void free_span(PoolThread* thread, SpanChunk& chunk, void* block, AllocKind kind,
                 const CallSite& site) noexcept;
  [[nodiscard]] bool resize_span(PoolThread* thread, SpanChunk& chunk, void* block,
                                 std::size_t bytes, std::size_t size) noexcept;
  void visit_spans(SpanChunk& chunk, LiveBlockVisitor visit, void* context) noexcept;

  // Runs of chunks: heap_runs.cpp.
  [[nodiscard]] void* allocate_run(const Request& request, bool* denied_by_limit) noexcept;
  void free_run(PoolThread* thread, Run& run, AllocKind kind, const CallSite& site) noexcept;
  [[nodiscard]] bool resize_run(PoolThread* thread, Run& run, std::size_t bytes,
                                std::size_t size) noexcept;
  void unlink(Run* run) noexcept;

  // Guard mode: heap_guarded.cpp.
  [[nodiscard]] static std::size_t span_size(SpanChunk& chunk, std::size_t index) noexcept;
  [[nodiscard]] static Damage damage_of(SpanChunk& chunk, std::size_t index) noexcept;
  [[nodiscard]] static Damage damage_of(const Run& run) noexcept;
  // Effect: a block that was freed stays inaccessible for some frames. Result: false if it cannot.
  [[nodiscard]] bool keep_run(Run& run) noexcept;
  // Effect: the block, whose life has ended, waits in quarantine. It holds its chunk.
  void hold_span(PoolThread* thread, SpanChunk& chunk, std::size_t index,
                 const Span& span) noexcept;

  // Result: what an address belongs to by its chunk, null when that is not this allocator's.
  [[nodiscard]] Region* region_of(const void* block) noexcept;
  [[nodiscard]] static SpanChunk& span_chunk_of(Region& region) noexcept;
  [[nodiscard]] static Run& run_of(Region& region) noexcept;

  // Accounting of large blocks.
  [[nodiscard]] bool charge(const Request& request, Denial* why) noexcept;
  void count_in(const Request& request) noexcept;
  void count_out(PoolThread* thread, TagId tag, AllocKind kind, std::size_t bytes) noexcept;
  // Effect: charges and counts that a block of `before` bytes has `after` now. Result: false, and
  // nothing changes, when a budget denies.
  [[nodiscard]] bool count_resize(PoolThread* thread, TagId tag, AllocKind kind, std::size_t before,
                                  std::size_t after) noexcept;

  PoolShared& shared_;
  ChunkPool& chunk_pool_;
  MetadataAllocator& metadata_;
  BudgetManager* budgets_;
  const std::atomic<std::uint64_t>& frame_number_;
  std::size_t largest_span_;
  SpinLock lock_;  // of the two lists; taken after a chunk's lock, never before it
  SpanChunk* chunks_ = nullptr;
  Run* runs_ = nullptr;
  Run* kept_runs_ = nullptr;  // of a guard mode, freed
};

}  // namespace framealloc::detail
