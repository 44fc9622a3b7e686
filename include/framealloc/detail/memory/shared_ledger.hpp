// SPDX-License-Identifier: MIT OR Apache-2.0
// What an allocator that all threads share (handles, streaming, groups, scratch) holds, by tag:
// counted, and charged to budgets.
#pragma once

#include <framealloc/budget.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/account/ledger.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/memory/reclaim_loop.hpp>
#include <framealloc/detail/os/thread_record.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/lifecycle_event.hpp>
#include <framealloc/pressure.hpp>
#include <framealloc/report.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc::detail {

class ChunkPool;
class EventHub;
class LimitedSource;
class PressureMonitor;
class ReportSink;
class TagTable;

// What these allocators get from the one that they are part of. Everything outlives them.
struct AllocatorContext {
  LimitedSource& limited_source;
  ChunkPool& chunks;
  MetadataAllocator& metadata;
  TagTable& tags;
  ReportSink& sink;
  const std::atomic<std::uint64_t>& frame_number;
  BudgetManager* budgets = nullptr;
  // Returns the tag of the calling thread. Null: everything is untagged unless a call names a tag.
  TagId (*current_tag)(void* context) noexcept = nullptr;
  void* tag_context = nullptr;
  // The slot in a thread's record whose arena has the thread's tag; kSharedTlsSlot if only
  // `current_tag` knows it.
  std::size_t tls_slot = kSharedTlsSlot;
  // Called to make room before memory is denied; null for none.
  PressureMonitor* pressure = nullptr;
  EventHub* events = nullptr;  // receives the allocator's events; null for none
};

struct LedgerTotals {
  std::size_t bytes = 0;          // in use
  std::uint64_t bytes_total = 0;  // ever allocated
  std::uint64_t allocations = 0;
  std::uint64_t frees = 0;
};

// Counts in its own ledger, as heap bytes, because any thread may free a block and the layers that
// know threads are above. Thread contract: any thread.
class SharedLedger {
 public:
  explicit SharedLedger(const AllocatorContext& context) noexcept;
  SharedLedger(const SharedLedger&) = delete;
  SharedLedger& operator=(const SharedLedger&) = delete;

  [[nodiscard]] const AllocatorContext& context() const noexcept { return context_; }
  [[nodiscard]] TagId current_tag() const noexcept {
    return context_.current_tag == nullptr ? TagId::Untagged
                                           : context_.current_tag(context_.tag_context);
  }

  // Result: the pointer from take(&denied_by_limit), which is tried again after each measure that
  // may have made room, until there is none left. Requirement: no lock is held; measures may use
  // the calling allocator.
  template <class Take>
  [[nodiscard]] auto take_memory(std::size_t bytes, bool* denied_by_limit, Take&& take) noexcept {
    auto* memory = take(denied_by_limit);
    if (memory != nullptr) [[likely]]
      return memory;
    for (ReclaimLoop reclaim(context_.pressure); reclaim.more(bytes, *denied_by_limit);) {
      memory = take(denied_by_limit);
      if (memory != nullptr) break;
    }
    return memory;
  }
  // The same for bookkeeping memory, which does not report a reason itself.
  template <class Take>
  [[nodiscard]] auto take_records(std::size_t bytes, bool* denied_by_limit, Take&& take) noexcept {
    return take_memory(bytes, denied_by_limit, [&](bool* by_limit) {
      auto* const records = take();
      *by_limit = records == nullptr && context_.metadata.limit_is_reached();
      return records;
    });
  }
  // Result: whether events of that kind have a listener: one branch if not.
  [[nodiscard]] bool wants(FrameEventKind kind) const noexcept {
    return (wanted_->load(std::memory_order_relaxed) & mask_of(kind)) != 0;
  }
  // Requirement: wants(event.kind); no lock is held, and anything may have changed afterward.
  FRAMEALLOC_COLD void emit(const FrameEvent& event, TagId tag) const noexcept;
  // Effect: reports a threshold that was passed, see PressureMonitor::settle().
  void settle() noexcept;

  // Effect: counts a block of `bytes` under the tag and charges it, except for `carried` bytes that
  // were charged for a block about to be freed: count_out() then gets how many were handed on.
  // Result: false, with nothing changed, when a budget denies (`*denial` says which).
  [[nodiscard]] bool count_in(TagId tag, std::size_t bytes, std::size_t carried,
                              Denial* denial) noexcept;
  // The same in parts, for an allocator that keeps its memory under the ledger's lock, so it locks
  // once for both: charge() before it, note_in() and note_out() under it, uncharge() after it.
  [[nodiscard]] SpinLock& lock() noexcept { return lock_; }
  [[nodiscard]] bool charge(TagId tag, std::size_t bytes, Denial* denial) noexcept {
    return context_.budgets == nullptr || bytes == 0 ||
           context_.budgets->charge(tag, bytes, bytes, denial) != 0;
  }
  void uncharge(TagId tag, std::size_t bytes) noexcept {
    if (context_.budgets != nullptr) context_.budgets->uncharge(tag, bytes);
  }
  FRAMEALLOC_ALWAYS_INLINE void note_in(TagId tag, std::size_t bytes,
                                        std::uint64_t blocks = 1) noexcept {
    TagCounters& counters = by_tag_.at_blocks(tag);
    counters.heap_bytes_in.add(bytes * blocks);
    counters.heap_allocations.add(blocks);
    bytes_.add(bytes * blocks);
    blocks_.add(blocks);
  }
  FRAMEALLOC_ALWAYS_INLINE void note_out(TagId tag, std::size_t bytes,
                                         std::uint64_t blocks = 1) noexcept {
    TagCounters& counters = by_tag_.at_blocks(tag);
    counters.heap_bytes_out.add(bytes * blocks);
    counters.heap_frees.add(blocks);
    bytes_.sub(bytes * blocks);
    blocks_.sub(blocks);
  }
  // For a part that counts elsewhere until the sums are read: `tell(context, account)` is called
  // under the lock before each read, and notes what has not been noted yet.
  using TellCounts = void (*)(void* context, SharedLedger& ledger) noexcept;
  void ask_for_counts(TellCounts answer, void* context) noexcept {
    tell_counts_ = answer;
    tell_context_ = context;
  }
  // Effect: counts a block out and returns its charge, except for `carried` bytes.
  void count_out(TagId tag, std::size_t bytes, std::size_t carried = 0) noexcept;

  // Result: what has been counted in and not out. Any thread; exact once it has synchronized with
  // those that count. Requirement of these and the next: the lock is not held.
  [[nodiscard]] FRAMEALLOC_API std::size_t bytes_in_use() const noexcept;
  [[nodiscard]] FRAMEALLOC_API std::uint64_t blocks_in_use() const noexcept;

  // For the sums over all threads in the layers above, which treat it as one more thread.
  [[nodiscard]] std::size_t bytes_of(TagId tag) const noexcept;
  // Result: sums of one tag, or of all when `only` is null.
  [[nodiscard]] LedgerTotals totals(const TagId* only) const noexcept;
  // What it means if something is left in this ledger when the allocator ends.
  enum class AtEnd : std::uint8_t {
    Leaks,          // it is a leak
    ReportsItself,  // the same, but the part reports it itself, with more details
    Kept,           // it is kept until the end on purpose
  };
  void describe(std::string_view part, AtEnd at_end) noexcept {
    part_ = part;
    at_end_ = at_end;
  }
  [[nodiscard]] std::string_view part() const noexcept { return part_; }
  [[nodiscard]] AtEnd at_end() const noexcept { return at_end_; }
  // For the list of its owner, which sums over all ledgers.
  const SharedLedger* next_ledger = nullptr;
  // Result: the tag that holds most, and in `*bytes` how much that is.
  [[nodiscard]] TagId holder_of_most(std::size_t* bytes) const noexcept;

  void report(Code code, std::string_view message, TagId tag, std::size_t requested,
              std::size_t available, const void* address = nullptr,
              const CallSite& site = {}) const noexcept;
  // Effect: reports what denied `bytes`, and sets `*why` (may be null) to it.
  void refuse(const Denial& denial, TagId tag, std::size_t bytes, const CallSite& site,
              Denial* why = nullptr) const noexcept;
  // Effect: the same of limit (FA310) or source (FA012).
  void refuse_memory(TagId tag, std::size_t bytes, bool denied_by_limit, const CallSite& site,
                     Denial* why = nullptr) const noexcept;

 private:
  void hear_counts() const noexcept;  // under the lock

  AllocatorContext context_;
  const std::atomic<FrameEventMask>* wanted_;
  TellCounts tell_counts_ = nullptr;
  void* tell_context_ = nullptr;
  std::string_view part_ = "shared";
  AtEnd at_end_ = AtEnd::Leaks;
  // Taken with no other lock but that of slots behind handles, and that of the memory source in the
  // rare call in which the ledger makes a block of counters.
  mutable SpinLock lock_;
  ThreadLedger by_tag_;
  OwnedCounter bytes_, blocks_;  // written under the lock
};

}  // namespace framealloc::detail
