// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/page_heap.hpp>

#include <algorithm>
#include <bit>
#include <new>

namespace framealloc::detail {
namespace {

// How many chunks a search for the fullest looks at: pages are taken seldom, but a pool of many
// gigabytes must not make each of them slow.
constexpr std::size_t kMostPageLooks = 64;

void set_bit(std::uint64_t* bits, std::size_t index) noexcept {
  bits[index / 64] |= std::uint64_t{1} << (index % 64);
}
void clear_bit(std::uint64_t* bits, std::size_t index) noexcept {
  bits[index / 64] &= ~(std::uint64_t{1} << (index % 64));
}
bool test_bit(const std::uint64_t* bits, std::size_t index) noexcept {
  return ((bits[index / 64] >> (index % 64)) & 1) != 0;
}

}  // namespace

PageHeap::PageHeap(ChunkPool& chunks, LimitedSource& limited_source, MetadataAllocator& metadata,
                   ChunkRegistry& registry, std::size_t page_size) noexcept
    : chunk_pool_(chunks),
      limited_source_(limited_source),
      metadata_(metadata),
      registry_(registry),
      page_size_(page_size),
      pages_per_chunk_(chunks.chunk_size() / page_size) {}

PageHeap::~PageHeap() {
  while (SlabChunk* const chunk = with_room_ != nullptr ? with_room_ : full_) {
    unlink(chunk);
    destroy_chunk(chunk);
  }
}

std::size_t PageHeap::descriptor_bytes() const noexcept {
  return sizeof(SlabChunk) + 2 * words() * sizeof(std::uint64_t);
}

void PageHeap::link(SlabChunk* chunk) noexcept {
  SlabChunk*& head = list_of(*chunk);
  chunk->previous = nullptr;
  chunk->next = head;
  if (head != nullptr) head->previous = chunk;
  head = chunk;
}

void PageHeap::unlink(SlabChunk* chunk) noexcept {
  if (chunk->previous != nullptr) {
    chunk->previous->next = chunk->next;
  } else {
    list_of(*chunk) = chunk->next;
  }
  if (chunk->next != nullptr) chunk->next->previous = chunk->previous;
}

SlabChunk* PageHeap::make_chunk(bool* denied_by_limit) noexcept {
  if (pages_per_chunk_ == 0) return nullptr;
  void* const home = metadata_.allocate(descriptor_bytes());
  void* const memory = home == nullptr ? nullptr : chunk_pool_.acquire(denied_by_limit);
  if (memory == nullptr) {
    metadata_.deallocate(home, descriptor_bytes());
    return nullptr;
  }
  auto* const chunk = ::new (home) SlabChunk();
  chunk->base = static_cast<std::byte*>(memory);
  chunk->free_pages = pages_per_chunk_;
  chunk->free_bits =
      reinterpret_cast<std::uint64_t*>(static_cast<std::byte*>(home) + sizeof(SlabChunk));
  chunk->dirty_bits = chunk->free_bits + words();
  std::uninitialized_fill_n(chunk->free_bits, 2 * words(), std::uint64_t{0});
  // The chunk pool's chunks are used ones as a rule.
  for (std::size_t page = 0; page < pages_per_chunk_; ++page) {
    set_bit(chunk->free_bits, page);
    set_bit(chunk->dirty_bits, page);
  }
  // The first page says what the chunk is, whether it is a slab at the time or not.
  auto* const head = ::new (memory) SlabHeader();
  head->chunk_kind.store(ChunkKind::kSlabs, std::memory_order_relaxed);
  chunk->region.address = reinterpret_cast<std::uintptr_t>(memory);
  chunk->region.kind = RegionKind::SlabChunk;
  registry_.insert(chunk->region);
  return chunk;
}

void PageHeap::destroy_chunk(SlabChunk* chunk) noexcept {
  registry_.erase(chunk->region);
  reinterpret_cast<SlabHeader*>(chunk->base)
      ->chunk_kind.store(ChunkKind::kNone, std::memory_order_relaxed);
  chunk_pool_.release(chunk->base);
  metadata_.deallocate(chunk, descriptor_bytes());
}

SlabChunk* PageHeap::fullest_with_room() noexcept {
  SlabChunk* best = nullptr;
  std::size_t looks = 0;
  for (SlabChunk* chunk = with_room_; chunk != nullptr; chunk = chunk->next) {
    if (best == nullptr || chunk->free_pages < best->free_pages) best = chunk;
    if (++looks == kMostPageLooks) break;
  }
  return best;
}

SlabHeader* PageHeap::take_page(SlabChunk& chunk) noexcept {
  std::size_t word = 0;
  while (chunk.free_bits[word] == 0) ++word;
  const std::size_t page =
      word * 64 + static_cast<std::size_t>(std::countr_zero(chunk.free_bits[word]));
  clear_bit(chunk.free_bits, page);
  set_bit(chunk.dirty_bits, page);
  if (chunk.free_pages == 1) unlink(&chunk);
  --chunk.free_pages;
  if (chunk.free_pages == 0) link(&chunk);
  count_free(0, 1);
  std::byte* const address = chunk.base + page * page_size_;
  auto* const slab = page == 0 ? std::launder(reinterpret_cast<SlabHeader*>(address))
                               : ::new (address) SlabHeader();
  slab->chunk = &chunk;
  return slab;
}

SlabHeader* PageHeap::acquire(bool* denied_by_limit) noexcept {
  if (denied_by_limit != nullptr) *denied_by_limit = false;
  {
    const std::lock_guard guard(lock_);
    if (SlabChunk* const chunk = fullest_with_room()) return take_page(*chunk);
  }
  // The source may be the user's code: it is called without the lock. Two threads may get here at
  // once and bring a chunk each; the second one is used next.
  SlabChunk* const chunk = make_chunk(denied_by_limit);
  const std::lock_guard guard(lock_);
  if (chunk != nullptr) {
    link(chunk);
    count_free(pages_per_chunk_, 0);
    return take_page(*chunk);
  }
  // Another thread may have given a page back in the meantime.
  SlabChunk* const other = fullest_with_room();
  return other == nullptr ? nullptr : take_page(*other);
}

void PageHeap::release(SlabHeader* page) noexcept {
  SlabChunk* const chunk = page->chunk;
  page->open_to(nullptr, 0);
  page->owner.store(nullptr, std::memory_order_relaxed);
  const auto offset = static_cast<std::size_t>(reinterpret_cast<std::byte*>(page) - chunk->base);
  {
    const std::lock_guard guard(lock_);
    page->seal.store(0, std::memory_order_relaxed);
    set_bit(chunk->free_bits, offset / page_size_);
    const bool was_full = chunk->free_pages == 0;
    if (was_full) unlink(chunk);
    ++chunk->free_pages;
    if (was_full) link(chunk);
    count_free(1, 0);
    if (chunk->free_pages != pages_per_chunk_) return;
    unlink(chunk);
    count_free(0, pages_per_chunk_);
  }
  destroy_chunk(chunk);
}

bool PageHeap::owns(const void* address) noexcept {
  const auto value = reinterpret_cast<std::uintptr_t>(address);
  const Region* const region = registry_.find(value & ~(chunk_pool_.chunk_size() - 1));
  return region != nullptr && region->kind == RegionKind::SlabChunk;
}

std::size_t PageHeap::trim() noexcept {
  MemorySource& source = limited_source_.source();
  const std::lock_guard guard(lock_);
  std::size_t bytes = 0;
  for (SlabChunk* chunk = with_room_; chunk != nullptr; chunk = chunk->next) {
    // The first page stays: it says what the chunk is.
    for (std::size_t page = 1; page < pages_per_chunk_; ++page) {
      if (!is_free(*chunk, page) || !test_bit(chunk->dirty_bits, page)) continue;
      // The only call of a source under a lock: no other thread may take the page now, and the
      // call asks for nothing that could lead back here.
      if (!source.discard(chunk->base + page * page_size_, page_size_)) return bytes;
      clear_bit(chunk->dirty_bits, page);
      bytes += page_size_;
    }
  }
  return bytes;
}

}  // namespace framealloc::detail
