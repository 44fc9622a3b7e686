// SPDX-License-Identifier: MIT OR Apache-2.0
// The header of a slab page, and the inline free that it makes possible.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/atomic_pointer.hpp>
#include <framealloc/detail/base/relaxed_compare.hpp>
#include <framealloc/detail/pool/class_list.hpp>
#include <framealloc/detail/sync/cache_line.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

class PoolThread;
struct BlockRecord;
struct SlabChunk;

// What a chunk is used for; stored at the start of the chunk. The values are unlikely to occur in
// memory by chance. No enumeration: each std::atomic of a further type costs every program that
// includes this as much to compile as ten functions.
struct ChunkKind {
  static constexpr std::uint32_t kNone = 0;
  static constexpr std::uint32_t kSlabs = 0x51ab51ab;
  static constexpr std::uint32_t kSpans = 0x59a459a4;
};

// Which list of its owner a slab is on.
enum class SlabPlace : std::uint8_t {
  Empty,   // no block in use or ready
  Usable,  // some
  Full,    // no returned block, none left to carve
};

// Stands at the start of a slab page, which is aligned to its size: masking the address of a block
// finds it (the idea of mimalloc's and rpmalloc's pages).
struct alignas(kCacheLine) SlabHeader {
  // First line: read by every thread that frees, written only when the slab changes hands.

  // os::record_word() of the thread that may push on `ready`; 0, which equals no thread's word,
  // sends every free to the slow path: no thread owns the slab, or every free must be verified.
  std::atomic<std::uintptr_t> owner_word{0};
  AtomicPointer<ClassList> ready{nullptr};  // the owner's `list`; null like owner_word
  // Receives remote frees; null: orphaned. Code that uses the owner loads it with acquire.
  AtomicPointer<PoolThread> owner{nullptr};
  std::atomic<std::uint32_t> chunk_kind{ChunkKind::kNone};  // used at the chunk's start only
  std::atomic<std::uint32_t> seal{0};                       // kSeal while the page is a slab
  // The same number for slabs of one class, tag and kind; the lower half without the class.
  std::uint64_t bin_key = 0;
  std::uint32_t block_size = 0;
  std::uint32_t first_offset = 0;
  std::uint32_t block_count = 0;
  std::uint16_t class_index = 0;
  TagId tag = TagId::Untagged;
  AllocKind kind = AllocKind::Pool;
  // Of the owner, roughly: it says where a thread that frees looks for its batch first.
  std::atomic<std::uint16_t> owner_number{0};

  // Second line: the owner's, or guarded by the orphanage's lock while there is none.
  alignas(kCacheLine) FreeBlock* returned = nullptr;
  std::uint32_t returned_count = 0;
  std::uint32_t carved = 0;  // blocks that were ever handed out; the rest was never touched
  SlabHeader* next = nullptr;
  SlabHeader* previous = nullptr;
  SlabChunk* chunk = nullptr;
  BlockRecord* records = nullptr;  // one per block while frees are verified
  ClassList* list = nullptr;       // of the owner
  SlabPlace place = SlabPlace::Empty;

  static constexpr std::uint32_t kSeal = 0x5ea15ea1;

  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool is_owned_by(std::uintptr_t word) const noexcept {
    return holds_relaxed(owner_word, word);
  }
  // The same for a list, which has one owner.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool serves(ClassList* of) const noexcept {
    return ready.holds(of);
  }
  // Effect: the slab's blocks go to `to` from now on; with null, by the slow path.
  void open_to(ClassList* to, std::uintptr_t word) noexcept {
    ready.store(to, std::memory_order_relaxed);
    owner_word.store(to == nullptr ? 0 : word, std::memory_order_relaxed);
  }
  [[nodiscard]] SlabPlace proper_place() const noexcept {
    if (returned_count == carved) return SlabPlace::Empty;
    return returned != nullptr || carved != block_count ? SlabPlace::Usable : SlabPlace::Full;
  }
  // Result: blocks that could be made ready.
  [[nodiscard]] std::uint32_t available() const noexcept {
    return returned_count + (block_count - carved);
  }
  void return_to_page(void* block) noexcept {
    auto* const freed = static_cast<FreeBlock*>(block);
    freed->next = returned;
    returned = freed;
    ++returned_count;
  }
  [[nodiscard]] std::byte* block(std::size_t index) noexcept {
    return reinterpret_cast<std::byte*>(this) + first_offset + index * block_size;
  }
};
static_assert(sizeof(SlabHeader) == 2 * kCacheLine);

// Which slabs a list has. Thread contract: the list's owner.
void link_slab(ClassList& list, SlabHeader* slab) noexcept;
void unlink_slab(ClassList& list, SlabHeader* slab) noexcept;
// Effect: moves the slab to the list of its proper place, if that has changed.
void replace_slab(ClassList& list, SlabHeader* slab) noexcept;

[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE SlabHeader* slab_of(const void* block,
                                                           std::uintptr_t page_mask) noexcept {
  return reinterpret_cast<SlabHeader*>(reinterpret_cast<std::uintptr_t>(block) & page_mask);
}

// Effect: frees a block of a slab page if the calling thread owns the page, without a lock or an
// atomic read-modify-write. Result: false when the slow path has to do it.
// Requirement: `block` was given out for a request with is_slab_request(), or is handed to the slow
// path's own checks by the caller; `page_mask` is its allocator's PoolShared::page_mask(),
// `thread_word` the caller's os::record_word().
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool try_free_local(void* block, std::uintptr_t page_mask,
                                                           std::uintptr_t thread_word) noexcept {
  SlabHeader* const slab = slab_of(block, page_mask);
  if (!slab->is_owned_by(thread_word)) [[unlikely]]
    return false;
  slab->ready.load(std::memory_order_relaxed)->push(block);
  return true;
}

// The same for a block that probably came from `list`, the caller's own. The list is known before
// the block is read, so a free does not wait for page, list and head one after the other: an
// allocation directly after it finds the block in a third of the time.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool try_free_into(ClassList* list, void* block,
                                                          std::uintptr_t page_mask) noexcept {
  if (!slab_of(block, page_mask)->serves(list)) return false;
  list->push(block);
  return true;
}

}  // namespace framealloc::detail
