// SPDX-License-Identifier: MIT OR Apache-2.0
// Slots and blocks of freed objects that wait with the thread that freed them, for its next object
// of the same size and tag.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/atomic_pointer.hpp>
#include <framealloc/detail/base/counter.hpp>
#include <framealloc/detail/heap/handle_chunk.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/memory/shared_ledger.hpp>
#include <framealloc/detail/os/thread_record.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

namespace framealloc::detail {

// What one thread freed and may use again. Blocks stay in use as far as their chunk knows, keep
// their slot (BlockHeader::owner), and stay charged to the budgets of their tag. The owner needs no
// lock: only it puts blocks in, and it counts for itself what it allocates and frees here. Anyone
// may take blocks out, under the lock, so that compaction and limits get at all of them.
class HandleCache {
 public:
  static constexpr std::size_t kEntries = 32;
  static constexpr std::uint32_t kMostWaiting = 16;  // in one entry

  struct Waiting {  // in a block that waits
    Waiting* next;
    std::uint32_t depth;  // blocks in the entry, this one included
  };
  static_assert(sizeof(Waiting) <= kGranule);

  // Blocks of one key, see block_key().
  struct alignas(64) Entry {
    AtomicPointer<Waiting> newest{nullptr};
    // Changes under the lock, by the owner, while nothing waits.
    std::atomic<std::uint64_t> key{0};
    OwnedCounter allocations{};  // the owner's, of blocks that waited here
    OwnedCounter frees{};        // the owner's, of blocks that then waited here
    // Under the lock: of both, what the ledger has been told, and blocks that others took.
    std::uint64_t told_allocations = 0;
    std::uint64_t told_frees = 0;
    std::uint64_t withdrawn = 0;
  };

  explicit HandleCache(std::uintptr_t owner) noexcept;
  HandleCache(const HandleCache&) = delete;
  HandleCache& operator=(const HandleCache&) = delete;

  // Result: of whom; see os::record_word().
  [[nodiscard]] std::uintptr_t owner() const noexcept { return owner_; }
  [[nodiscard]] Entry (&entries() noexcept)[kEntries] { return entries_; }
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE Entry& entry_for(std::uint64_t key) noexcept {
    // Sizes differ in the low bits, tags from bit 32 on, where four sizes of a tag then lie
    // between those of its neighbor.
    return entries_[(key + (key >> 30)) % kEntries];
  }
  [[nodiscard]] static std::size_t bytes_of(const Entry& entry) noexcept {
    return (granules_of_key(entry.key.load(std::memory_order_relaxed)) - std::size_t{1}) * kGranule;
  }

  // Effect: takes a block of the entry's key out, and counts an allocation. Result: null when none
  // waits. Owner.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* take(Entry& entry) noexcept {
    Waiting* const block = entry.newest.exchange(nullptr, std::memory_order_acquire);
    if (block == nullptr) [[unlikely]]
      return nullptr;
    // No other thread puts anything in, so the entry is still empty.
    if (block->next != nullptr) entry.newest.store(block->next, std::memory_order_release);
    entry.allocations.increment();
    waiting_.add(UINT64_MAX);  // one less
    return block;
  }
  // Effect: the block waits, with its slot if vacate() agrees, and a free is counted. Result: false
  // when it does not, or the entry is full; then nothing has changed. Owner. Requirement: the block
  // is of the entry's key.
  template <class Vacate>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool put(Entry& entry, void* block,
                                                  Vacate&& vacate) noexcept {
    Waiting* below = entry.newest.load(std::memory_order_relaxed);
    std::uint32_t depth = 1;
    if (below != nullptr) {
      // Out of reach of the others while it is looked at.
      below = entry.newest.exchange(nullptr, std::memory_order_acquire);
      if (below != nullptr) depth = below->depth + 1;
    }
    if (depth > kMostWaiting || !vacate()) [[unlikely]] {
      if (below != nullptr) entry.newest.store(below, std::memory_order_release);
      return false;
    }
    entry.frees.increment();
    waiting_.increment();
    entry.newest.store(::new (block) Waiting{below, depth}, std::memory_order_release);
    return true;
  }
  // Result: blocks that wait here, or that others took since the last settle(). Any thread.
  [[nodiscard]] std::uint64_t waiting_at_most() const noexcept { return waiting_.get(); }
  // Result: blocks that wait here. Any thread; exact when the owner is not at work.
  [[nodiscard]] std::uint64_t waiting() const noexcept {
    const std::uint64_t withdrawn = withdrawn_.load(std::memory_order_relaxed);
    const std::uint64_t at_most = waiting_.get();
    return at_most > withdrawn ? at_most - withdrawn : 0;
  }
  // Effect: forgets what others took. Owner.
  void settle() noexcept { waiting_.sub(withdrawn_.exchange(0, std::memory_order_relaxed)); }
  // Result: blocks that wait in the entry. Under the lock; exact when the owner is not at work.
  [[nodiscard]] static std::uint64_t waiting_in(const Entry& entry) noexcept {
    // In this order: what was allocated, or taken by others, was put in before.
    const std::uint64_t gone = entry.allocations.get() + entry.withdrawn;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return entry.frees.get() - gone;
  }
  // Effect: calls visit(block) for each block of the entry, which waits no more. Under the lock.
  template <class Visit>
  void withdraw(Entry& entry, Visit&& visit) noexcept {
    Waiting* block = entry.newest.exchange(nullptr, std::memory_order_acquire);
    while (block != nullptr) {
      Waiting* const next = block->next;
      ++entry.withdrawn;
      withdrawn_.fetch_add(1, std::memory_order_relaxed);
      visit(block);
      block = next;
    }
  }

 private:
  friend class HandleCaches;
  Entry entries_[kEntries];  // first, which saves an instruction on the way to one
  std::uintptr_t owner_;
  OwnedCounter waiting_{};  // put in less taken out, by the owner
  std::atomic<std::uint64_t> withdrawn_{0};
  HandleCache* next_ = nullptr;  // of all, newest first
};

// The caches of an allocator, found by the thread's record. A record is used again when its thread
// has ended, and its cache with it. Where two threads would share a place, the second does without.
// Thread contract: any thread.
class HandleCaches {
 public:
  explicit HandleCaches(MetadataAllocator& metadata) noexcept;
  ~HandleCaches();
  HandleCaches(const HandleCaches&) = delete;
  HandleCaches& operator=(const HandleCaches&) = delete;

  // Result: the cache of the thread whose record it is; null when it has none.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE HandleCache* find(
      const os::ThreadRecord& record) const noexcept {
    const auto word = reinterpret_cast<std::uintptr_t>(&record);
    HandleCache* const cache = places_[place_of(word)].load(std::memory_order_acquire);
    return cache != nullptr && cache->owner() == word ? cache : nullptr;
  }
  // Result: the calling thread's cache, made if need be; null when it can have none.
  [[nodiscard]] HandleCache* make() noexcept;
  // Effect: calls visit(cache, entry) for each entry that was ever used.
  template <class Visit>
  void for_each_entry(Visit&& visit) const noexcept {
    for (HandleCache* cache = newest_.load(std::memory_order_acquire); cache != nullptr;
         cache = cache->next_) {
      for (HandleCache::Entry& entry : cache->entries()) {
        if (entry.key.load(std::memory_order_relaxed) != 0) visit(*cache, entry);
      }
    }
  }
  // Result: blocks that wait in all of them; see HandleCache::waiting().
  [[nodiscard]] std::uint64_t waiting() const noexcept {
    std::uint64_t blocks = 0;
    for (const HandleCache* cache = newest_.load(std::memory_order_acquire); cache != nullptr;
         cache = cache->next_) {
      blocks += cache->waiting();
    }
    return blocks;
  }
  // Effect: Tells the ledger what was allocated and freed since the last time. Under its lock.
  void tell_counts(SharedLedger& ledger) const noexcept;

 private:
  // Records of the library's own storage are 9 * 128 bytes apart: no two of them share a place.
  static constexpr std::size_t kPlaces = 128;
  [[nodiscard]] static constexpr std::size_t place_of(std::uintptr_t record) noexcept {
    return record / 128 % kPlaces;
  }

  AtomicPointer<HandleCache> places_[kPlaces] = {};  // first, as above
  AtomicPointer<HandleCache> newest_{nullptr};
  MetadataAllocator& metadata_;
};

}  // namespace framealloc::detail
