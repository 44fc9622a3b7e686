// SPDX-License-Identifier: MIT OR Apache-2.0
// Blocks of any size and alignment that live until they are freed.
#pragma once

#include <framealloc/account/budget.hpp>
#include <framealloc/base/call_site.hpp>
#include <framealloc/base/compiler.hpp>
#include <framealloc/heap/span_chunk.hpp>
#include <framealloc/memory/chunk_pool.hpp>
#include <framealloc/memory/metadata.hpp>
#include <framealloc/pool/pool_shared.hpp>
#include <framealloc/pool/pool_thread.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// A block that has whole chunks to itself.
struct Run {
  Region region;  // address of the block
  Run* next = nullptr;
  Run* previous = nullptr;
  void* base = nullptr;
  std::size_t run_bytes = 0;  // from base, as acquired
  std::size_t bytes = 0;      // as accounted
  TagId tag = TagId::Untagged;
  AllocKind kind = AllocKind::Heap;
  SharedCallSite site;
  std::uint64_t frame = 0;
};

// One per allocator. Small blocks come from slab pages of their own kind, like pool blocks; larger
// ones up to half a chunk from span chunks, of which each thread has a current one with its own
// lock; larger ones still are runs of chunks. Accounting is exact: bytes as requested, rounded up
// to the granule for large blocks and to the class for small ones, under the tag that was current.
// Thread contract: any thread, except where said.
class FRAMEALLOC_API Heap final : public LargeBlocks {
 public:
  // Effect: from now on `shared` sends here what its slab pages cannot serve.
  // Requirement: the arguments are those that `shared` was made with, and outlive this object.
  Heap(PoolShared& shared, ChunkPool& chunks, Supply& supply, Metadata& metadata, TagTable& tags,
       BudgetManager* budgets, ReportSink& sink,
       const std::atomic<std::uint64_t>& frame_number) noexcept;
  // Gives everything back, live blocks or not. Nothing may allocate or free from then on.
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  // As PoolThread::allocate() with AllocKind::Heap. `thread` is the calling thread's.
  [[nodiscard]] void* allocate(PoolThread& thread, std::size_t size, std::size_t alignment,
                               const CallSite& site) noexcept {
    return thread.allocate(size, alignment, AllocKind::Heap, site);
  }
  // As PoolThread::free() with AllocKind::Heap.
  void free(PoolThread* mine, void* block, const CallSite& site) noexcept {
    PoolThread::free(shared_, mine, block, AllocKind::Heap, site);
  }
  // Effect: makes the block `size` bytes long where it is, if there is room and budget, and
  // accounts for it. Result: false when it stays as it was. No report. Requirement: `block` is in
  // use. `mine` is the caller's own object, null when it is not attached.
  [[nodiscard]] bool try_resize(PoolThread* mine, void* block, std::size_t size) noexcept;
  // Result: bytes that may be used, at least what was requested; 0 for an address that is not ours.
  [[nodiscard]] std::size_t usable_size(const void* block) noexcept;

  // Effect: calls visit for every large block in use. Empty unless PoolShared::checked(); `visit`
  // runs under a lock and must not allocate or free.
  void for_each_live(LiveBlockVisitor visit, void* context) noexcept;

  void* allocate_large(PoolThread& thread, std::size_t size, std::size_t alignment, AllocKind kind,
                       const CallSite& site) noexcept override;
  void free_large(PoolThread* thread, void* block, AllocKind kind,
                  const CallSite& site) noexcept override;
  void collect(PoolThread& thread, bool leaving) noexcept override;

 private:
  [[nodiscard]] void* allocate_span(PoolThread& thread, std::size_t bytes, std::size_t alignment,
                                    const Span& span, bool* denied_by_limit, std::size_t requested,
                                    const CallSite& site) noexcept;
  [[nodiscard]] void* take_span(SpanChunk& chunk, std::size_t quanta, std::size_t step,
                                const Span& span, std::size_t requested,
                                const CallSite& site) noexcept;
  [[nodiscard]] SpanChunk* find_chunk(std::size_t quanta, const SpanChunk* except) noexcept;
  [[nodiscard]] SpanChunk* make_chunk(bool* denied_by_limit) noexcept;
  void destroy_chunk(SpanChunk* chunk) noexcept;
  void let_go(SpanChunk* chunk) noexcept;
  [[nodiscard]] void* allocate_run(std::size_t bytes, std::size_t alignment, const Span& span,
                                   bool* denied_by_limit, const CallSite& site) noexcept;
  void free_span(PoolThread* thread, SpanChunk& chunk, void* block, AllocKind kind,
                 const CallSite& site) noexcept;
  void free_run(PoolThread* thread, Run& run, AllocKind kind, const CallSite& site) noexcept;

  // Accounting of large blocks.
  [[nodiscard]] bool charge(PoolThread& thread, TagId tag, std::size_t bytes,
                            const CallSite& site) noexcept;
  void count_in(PoolThread& thread, PoolTable* table, const Span& span) noexcept;
  void count_out(PoolThread* thread, const Span& span) noexcept;
  void count_resize(PoolThread* thread, const Span& before, std::size_t bytes) noexcept;
  void report_bad_free(Code code, std::string_view message, const void* block,
                       const CallSite& site) noexcept;

  PoolShared& shared_;
  ChunkPool& chunk_pool_;
  Supply& supply_;
  Metadata& metadata_;
  TagTable& tags_;
  BudgetManager* budgets_;
  ReportSink& sink_;
  const std::atomic<std::uint64_t>& frame_number_;
  std::size_t largest_span_;
  SpinLock lock_;  // of the two lists; after a chunk's lock, never before it
  SpanChunk* chunks_ = nullptr;
  Run* runs_ = nullptr;
};

}  // namespace framealloc::detail
