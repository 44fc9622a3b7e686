// SPDX-License-Identifier: MIT OR Apache-2.0
// One thread's part of an allocator's pool: its lists, what it owes others, what others owe it.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/account/ledger.hpp>
#include <framealloc/detail/base/atomic_pointer.hpp>
#include <framealloc/detail/pool/deferred_queue.hpp>
#include <framealloc/detail/pool/pool_shared.hpp>
#include <framealloc/detail/pool/pool_table.hpp>
#include <framealloc/detail/pool/remote.hpp>
#include <framealloc/detail/pool/slab.hpp>
#include <framealloc/detail/pool/thread_limit.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

class SpanChunk;

// One per (allocator, thread); recycled for later threads, and living as long as the allocator, so
// that a stale `owner` of a slab is never a dangling pointer.
// Thread contract: the attached thread only, except where said. attach() on another thread than the
// last detach() requires that the caller synchronizes the two.
class PoolThread {
 public:
  // Effect: registers with `shared`, which counts it from now on. Any thread.
  // Requirement: both outlive the object's last use; the object is not destroyed before `shared`'s.
  PoolThread(PoolShared& shared, ThreadLedger& ledger) noexcept;
  PoolThread(const PoolThread&) = delete;
  PoolThread& operator=(const PoolThread&) = delete;

  // Effect: the calling thread owns this object from now on; its tag is Untagged.
  // `thread_word` is its os::record_word().
  void attach(std::uintptr_t thread_word, ThreadId id) noexcept;
  // Effect: gives up everything: sends what was freed for others, gives empty pages back, and
  // leaves the rest to be adopted.
  void detach() noexcept;
  [[nodiscard]] bool attached() const noexcept { return thread_word_ != 0; }
  [[nodiscard]] ThreadId thread_id() const noexcept { return id_; }

  // Effect: allocations count under `tag` from now on. Result: its table of pool lists, for
  // PoolTable::try_pop(); when bookkeeping memory is short, the untagged table or an empty one.
  PoolTable* select(TagId tag) noexcept;
  [[nodiscard]] PoolTable* current() const noexcept { return current_; }
  [[nodiscard]] TagId current_tag() const noexcept { return tag_; }

  // Effect: allocates by every means; reports why when it cannot. A size of 0 counts as 1.
  // Result: a block aligned to `alignment` and to kGranule, or null, and then `*why` (may be null)
  // says it too. `kind` is Pool or Heap.
  [[nodiscard]] void* allocate(std::size_t size, std::size_t alignment, AllocKind kind,
                               const CallSite& site, Denial* why = nullptr) noexcept;
  // Result: a heap block that lies ready under a tag that note_heap_tag() was told of late; null for
  // any other tag, and when the slow path has to provide one. `*bytes` is the size of the block's class.
  // The thread's tag stays what it was. Requirement: granules <= kMaxGranules, an alignment of kGranule.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* try_heap_pop(TagId tag, std::size_t granules,
                                                            std::size_t* bytes) noexcept {
    const HeapTag& known = known_heap_tags_[static_cast<std::size_t>(tag) % kKnownHeapTags];
    if (known.tag != tag || recalled() || shared_.verifies()) [[unlikely]]
      return nullptr;
    return known.table->try_pop(granules, bytes);
  }
  // Effect: try_heap_pop() serves `tag` from now on, if anything was ever allocated under it.
  // Result: whether it does.
  bool note_heap_tag(TagId tag) noexcept;
  // Effect: frees a block of any size and any owner; null is ignored. A bad address is reported
  // (FA005, FA006) as far as the check level tells, and nothing changes.
  // Thread contract: any thread; `mine` is the caller's own object, null when it is not attached.
  static void free(PoolShared& shared, PoolThread* mine, void* block, AllocKind kind,
                   const CallSite& site) noexcept;
  // The same for a block that is known to be of a slab page, see is_slab_request(): what to call
  // when try_free_local() says no.
  static void free_slab_block(PoolShared& shared, PoolThread* mine, void* block, AllocKind kind,
                              const CallSite& site) noexcept;

  // Effect: asks `host` before blocks of kind Pool beyond `limit` bytes are in use of this thread's
  // pages; SIZE_MAX = none.
  void set_limit(std::size_t limit, PoolLimitHost* host) noexcept {
    limit_ = limit;
    limit_host_ = host;
  }
  // Result: bytes of pool blocks of this thread's pages that are in use, by any thread, or freed by
  // others and not yet taken back. Blocks too large for a page are not among them. Thread contract:
  // any thread; exact for the owner.
  [[nodiscard]] std::size_t bytes_in_use() const noexcept;
  // Result: whether a pool request of `bytes` may be met.
  [[nodiscard]] bool within_limit(std::size_t bytes, const CallSite& site, Denial* why) noexcept {
    return limit_ == SIZE_MAX || pass_limit(bytes, site, why);
  }

  // True when at_boundary() would do nothing.
  [[nodiscard]] bool idle() const noexcept {
    return outgoing_used_ == 0 && pending_ == nullptr && inbox_.empty() && !recalled();
  }
  // Effect: sends what this thread freed for others. At a frame boundary it bounds the delay.
  void flush() noexcept;
  // Effect: takes back at most `max_blocks` blocks that others freed. Result: how many.
  std::size_t drain(std::size_t max_blocks) noexcept;
  // Effect: what the policy of deferred frees asks for at a frame's boundary; what was freed for
  // others is sent in any case.
  enum class Boundary : std::uint8_t { Begin, End, Either };
  void at_boundary(Boundary boundary) noexcept;
  // Effect: moves at most `max_blocks` free blocks beyond what recent use explains from the lists
  // to their slabs, and gives slabs that are empty back. Looks at a few lists per call, in turn,
  // unless `max_blocks` is kEverything; then nothing is kept ready. Result: blocks moved.
  std::size_t collect(std::size_t max_blocks) noexcept;
  static constexpr std::size_t kEverything = SIZE_MAX;
  // Most blocks that a boundary moves, so that no frame pays for a flood.
  static constexpr std::size_t kBoundaryBlocks = 4096;
  // Whether the latest collect() found more than it was allowed to move.
  [[nodiscard]] bool sweeping() const noexcept { return swept_ != nullptr; }
  // Effect: collect() of what a boundary may move; without `look`, only of what was found before.
  void tidy(bool look) noexcept;
  // Result: whether tidy() would find nothing, because no list has had pages of late.
  [[nodiscard]] bool at_rest() const noexcept {
    return active_ == nullptr && swept_ == nullptr && current_span_ == nullptr;
  }
  // The same at each boundary of a thread, of which every eighth looks.
  void tidy_now_and_then() noexcept;
  // Effect: gives back all that the lists hold ready, so that budget or memory is there for others.
  // Result: true if there was anything.
  bool give_back_ready() noexcept;
  // Effect: the owner gives back what it keeps ready at its next slow path or frame boundary; with
  // `to_source`, what then lies idle goes back to the source. Thread contract: any thread.
  void recall(bool to_source) noexcept {
    recalled_.fetch_or(to_source ? kAsked | kAskedToTrim : kAsked, std::memory_order_relaxed);
  }
  [[nodiscard]] bool recalled() const noexcept {
    return recalled_.load(std::memory_order_relaxed) != 0;
  }
  // Effect: does so, if it was asked to.
  void answer_recall() noexcept;
  // Result: whether there is anything that the owner could give back. Any thread.
  [[nodiscard]] bool holds_anything() const noexcept;
  // Result: bytes of free blocks that are charged to `tag` or below it (to any tag when `whole`).
  // Thread contract: any thread; exact for the owner.
  [[nodiscard]] std::size_t ready_bytes(bool whole, TagId tag) const noexcept;

  // Result: the newest table, which leads to the others; tables live as long as the allocator. Any
  // thread, which may read the counters in them.
  [[nodiscard]] const PoolTable* tables() const noexcept {
    return tables_.load(std::memory_order_acquire);
  }
  // Effect: calls visit(list) for every list from which a block was ever asked for; with a tag, for
  // those of the tag. Any thread, which may read the counters in them.
  template <class Visit>
  void visit_lists(Visit&& visit) const noexcept {
    const ListBlock* block = list_blocks_.load(std::memory_order_acquire);
    for (; block != nullptr; block = block->next) {
      const std::size_t count = block->count.load(std::memory_order_acquire);
      for (std::size_t i = 0; i < count; ++i) visit(block->lists[i]);
    }
  }
  template <class Visit>
  void visit_lists(TagId tag, Visit&& visit) const noexcept {
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
      const TableEntry* const entry = find_entry(kind, tag);
      if (entry == nullptr) continue;
      const ClassList* list = entry->first_list.load(std::memory_order_acquire);
      for (; list != nullptr; list = list->next_in_table) visit(*list);
    }
  }
  [[nodiscard]] ThreadLedger& ledger() noexcept { return ledger_; }
  [[nodiscard]] const ThreadLedger& ledger() const noexcept { return ledger_; }
  [[nodiscard]] PoolShared& shared() noexcept { return shared_; }

 private:
  friend class PoolShared;
  friend class Heap;

  static constexpr std::size_t kKinds = 2;  // pool, heap
  static constexpr std::size_t kHeapTables = 1;
  static constexpr std::size_t kBlock = 64;
  static constexpr std::size_t kBlocks = TagTable::kMaxTags / kBlock;
  static constexpr std::size_t kOutgoing = 32;
  static constexpr std::uint32_t kPagesPerLook = 64;
  static constexpr std::size_t kPageBlocks = 1024;  // that are moved before a new page is taken

  // The table of a tag that was asked for of late. More than one, since a program may have several
  // libraries allocate in turn, each under its own.
  struct HeapTag {
    PoolTable* table = &empty_pool_table;
    TagId tag = TagId::Untagged;
  };
  static constexpr std::size_t kKnownHeapTags = 4;

  // What was freed for one owner. Threads are numbered one after the other, so up to kOutgoing of
  // them do not meet in one entry.
  struct alignas(kCacheLine) Outgoing {
    PoolThread* owner = nullptr;  // of no slab while the batch is empty
    std::uint32_t counted = 0;  // tag and kind that the counters are of, as in SlabHeader::bin_key
    OwnedCounter* bytes = nullptr;  // of this thread's ledger
    OwnedCounter* frees = nullptr;
    RemoteBatch batch;
  };
  static_assert(kOutgoing <= 32, "a bit each in outgoing_used_");
  [[nodiscard]] static std::uint32_t counted_as(const SlabHeader& slab) noexcept {
    return static_cast<std::uint32_t>(slab.bin_key);
  }
  // What an entry without a batch names: it frees its own blocks elsewhere.
  [[nodiscard]] PoolThread* nobody() noexcept { return this; }

  // Tables.
  // A table's lists are named next to the pointer to it: a table is large, and a sum over many tags
  // need not touch each table.
  struct TableEntry {
    PoolTable* table = nullptr;  // the owner's
    AtomicPointer<ClassList> first_list{nullptr};
  };
  // Result: null when there is none yet. Any thread.
  [[nodiscard]] const TableEntry* find_entry(std::size_t kind, TagId tag) const noexcept {
    const auto index = static_cast<std::size_t>(tag);
    const TableEntry* const block = blocks_[kind][index / kBlock].load(std::memory_order_acquire);
    return block == nullptr ? nullptr : &block[index % kBlock];
  }
  // Result: null when there is no memory for it.
  [[nodiscard]] ClassList* list_of(PoolTable& table, std::size_t class_index) noexcept {
    ClassList* const known = table.lists[class_index];
    return known != nullptr ? known : make_list(table, class_index);
  }
  [[nodiscard]] ClassList* make_list(PoolTable& table, std::size_t class_index) noexcept;
  [[nodiscard]] PoolTable* table_of(AllocKind kind, TagId tag) noexcept;
  [[nodiscard]] PoolTable* make_table(AllocKind kind, TagId tag,
                                      AtomicPointer<ClassList>& first_list) noexcept;
  [[nodiscard]] PoolTable* table_for_allocation(AllocKind kind) noexcept;

  // Filling a list.
  [[nodiscard]] bool refill(ClassList& list, std::size_t size, const CallSite& site,
                            Denial* why) noexcept;
  [[nodiscard]] bool find_slab(ClassList& list, bool* denied_by_limit) noexcept;
  [[nodiscard]] SlabHeader* make_slab(const ClassList& list, bool* denied_by_limit) noexcept;
  [[nodiscard]] std::size_t charge(const ClassList& list, Denial* denial) noexcept;
  std::size_t link_portion(ClassList& list, std::size_t blocks) noexcept;
  std::size_t link_from(ClassList& list, SlabHeader& slab, std::size_t blocks) noexcept;
  void take_over(ClassList& list, SlabHeader* slab) noexcept;
  // While frees are verified. Result: the list without its first block, emptied where it is broken.
  [[nodiscard]] FreeBlock* after_verified(ClassList& list) noexcept;

  [[nodiscard]] bool pass_limit(std::size_t bytes, const CallSite& site, Denial* why) noexcept;
  FRAMEALLOC_NOINLINE void finish_allocation(const ClassList& list, void* block, std::size_t size,
                                             bool refilled, const CallSite& site) noexcept;

  // Emptying lists.
  template <class Visit>
  void for_each_list(Visit&& visit) noexcept {
    ListBlock* block = list_blocks_.load(std::memory_order_relaxed);
    for (; block != nullptr; block = block->next) {
      const std::size_t count = block->count.load(std::memory_order_relaxed);
      for (std::size_t i = 0; i < count; ++i) visit(block->lists[i]);
    }
  }
  void look_at(ClassList& list) noexcept;
  std::size_t sweep(std::size_t max_blocks) noexcept;
  std::size_t sweep_list(ClassList& list, std::size_t max_blocks) noexcept;
  std::size_t return_to_pages(ClassList& list, std::size_t blocks) noexcept;
  void release_empty(ClassList& list) noexcept;
  void forget_lists() noexcept;
  // Frees across threads.
  [[nodiscard]] bool take_back_for(const ClassList& list) noexcept;
  [[nodiscard]] bool take_back_until(const ClassList& list, std::size_t portion) noexcept;
  std::size_t take_urgent() noexcept;
  static void free_unusual(PoolShared& shared, PoolThread* mine, SlabHeader* slab, void* block,
                           AllocKind kind, const CallSite& site) noexcept;
  static void free_valid(PoolShared& shared, PoolThread* mine, SlabHeader* slab,
                         void* block) noexcept;
  void free_own(SlabHeader* slab, void* block) noexcept;
  void free_remote(SlabHeader* slab, PoolThread* owner, void* block) noexcept;
  void free_remote_slow(Outgoing& outgoing, SlabHeader* slab, void* block) noexcept;
  [[nodiscard]] OwnedCounter& freed_bytes(const SlabHeader& slab) noexcept;
  [[nodiscard]] OwnedCounter& freed_blocks(const SlabHeader& slab) noexcept;
  // What a batch was, so that it can be told once anything may change.
  struct Sent {
    PoolThread* owner = nullptr;
    std::size_t blocks = 0;
    std::size_t bytes = 0;
  };
  Sent flush(Outgoing& outgoing) noexcept;
  void emit(const Sent& sent) noexcept {
    if (sent.owner != nullptr && shared_.verifies() && !leaving_) {
      shared_.emit_batch(*sent.owner, sent.blocks, sent.bytes);
    }
  }

  // Verification.
  void record_allocation(void* block, std::size_t size, const CallSite& site) noexcept;
  static void record_resize(SlabHeader* slab, void* block, std::size_t size) noexcept;
  [[nodiscard]] static bool verify_free(PoolShared& shared, void* block, AllocKind kind,
                                        const CallSite& site) noexcept;
  // `record` may be null: then the sites are not known.
  static void report_wrong_kind(PoolShared& shared, const void* block, TagId tag, AllocKind is,
                                AllocKind freed_as, const BlockRecord* record,
                                const CallSite& site) noexcept;
  static void report_double_free(PoolShared& shared, const void* block, TagId tag,
                                 const BlockRecord* record, const CallSite& site) noexcept;

  PoolShared& shared_;
  ThreadLedger& ledger_;
  std::uint16_t number_;        // among the allocator's threads
  PoolThread* next_ = nullptr;  // of the allocator's threads
  std::uintptr_t thread_word_ = 0;
  ThreadId id_;
  std::atomic<std::uint64_t> id_number_{0};  // the same, for reports of other threads
  TagId tag_ = TagId::Untagged;
  PoolTable* current_ = &empty_pool_table;
  HeapTag known_heap_tags_[kKnownHeapTags];
  AtomicPointer<PoolTable> tables_{nullptr};  // all, newest first
  AtomicPointer<TableEntry> blocks_[kKinds][kBlocks] = {};
  TableEntry first_block_[kKinds][kBlock] = {};
  AtomicPointer<ListBlock> list_blocks_{nullptr};  // newest first
  // The lists that have had pages: what collect() goes over, from cursor_ on.
  ClassList* active_ = nullptr;
  ClassList** cursor_ = &active_;
  std::size_t active_count_ = 0;
  ClassList* swept_ = nullptr;  // whose sweep is not over
  std::uint32_t boundaries_ = 0;
  std::uint32_t pages_made_ = 0;
  SpanChunk* current_span_ = nullptr;  // the heap's, see heap/
  std::size_t limit_ = SIZE_MAX;
  PoolLimitHost* limit_host_ = nullptr;
  // Of kind Pool, over this thread's pages: blocks that are not in their pages, ready ones too.
  OwnedCounter away_bytes_;
  bool leaving_ = false;  // in detach(): nothing is told
  static constexpr std::uint8_t kAsked = 1;
  static constexpr std::uint8_t kAskedToTrim = 2;
  std::atomic<std::uint8_t> recalled_{0};
  OwnedCounter refills_;
  OwnedCounter remote_frees_;

  std::uint32_t outgoing_used_ = 0;  // a bit for each entry that holds something
  RemoteNode* pending_ = nullptr;    // taken from the inbox, not looked at yet
  Outgoing outgoing_[kOutgoing];
  RemoteInbox inbox_;
  DeferredQueue deferred_;
};

}  // namespace framealloc::detail
