// SPDX-License-Identifier: MIT OR Apache-2.0
// Named memory for repeated work: bump, use across frames, reset.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/arena/finalizer.hpp>
#include <framealloc/detail/arena/scratch_members.hpp>
#include <framealloc/detail/arena/scratch_segment.hpp>
#include <framealloc/detail/memory/shared_ledger.hpp>
#include <framealloc/detail/sync/event_count.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/scratch_borrow.hpp>
#include <framealloc/scratch_types.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc {

class ScratchRegistry;

/// Frames do not affect it: its contents stay until reset(). Obtained from
/// SmartAlloc::scratch_pool() or a ScratchRegistry; takes its memory at the first allocation,
/// counted under the tag that was current when the pool was made.
///
/// Thread contract: one thread at a time; hand it over like any other object, or use
/// ScratchRegistry::with_pool(). At check level 1 and above, concurrent use by a second thread is
/// reported (FA212), and the second call is refused. Statistics and trim() may be called from any
/// thread.
class FRAMEALLOC_API ScratchPool : public detail::ScratchMembers<ScratchPool> {
 public:
  /// Effect: runs the pending destructors, newest first, and frees everything. The memory stays
  /// with the pool. Result: false, with nothing changed, if a borrow is open (FA020): its memory
  /// would be reused under it.
  bool reset() noexcept;

  /// Result: the current position.
  [[nodiscard]] ScratchCheckpoint checkpoint() const noexcept;
  /// Effect: frees what was allocated since `to`, running the destructors owed, newest first.
  /// Result: false for a stale or foreign checkpoint, or one from before an open borrow (FA020);
  /// then nothing moved.
  bool rewind(const ScratchCheckpoint& to) noexcept;
  /// Result: a part of the pool whose memory is freed when it ends. While it is open, what is
  /// allocated from the pool directly belongs to it too.
  [[nodiscard]] ScratchBorrow borrow() noexcept FRAMEALLOC_LIFETIMEBOUND;

  [[nodiscard]] std::string_view name() const noexcept FRAMEALLOC_LIFETIMEBOUND { return name_; }
  [[nodiscard]] ScratchPolicy policy() const noexcept { return policy_; }
  [[nodiscard]] TagId tag() const noexcept { return tag_; }
  /// All in bytes, and on any thread.
  [[nodiscard]] std::size_t allocated() const noexcept;
  [[nodiscard]] std::size_t remaining() const noexcept;
  [[nodiscard]] std::size_t capacity() const noexcept;
  [[nodiscard]] std::size_t high_water() const noexcept;
  [[nodiscard]] ScratchPoolStats stats() const;
  /// Effect: returns grown memory that the pool does not use now; the part that would serve the
  /// next allocation stays. Result: bytes. Any thread.
  std::size_t trim() noexcept;

  ScratchPool(const ScratchPool&) = delete;
  ScratchPool& operator=(const ScratchPool&) = delete;

 private:
  friend class ScratchBorrow;
  friend class ScratchPoolHandle;
  friend class ScratchRegistry;
  friend class detail::MetadataAllocator;
  template <class Self>
  friend class detail::ScratchMembers;

  // Requirement: `name` and the registry outlive the pool.
  ScratchPool(ScratchRegistry& registry, std::string_view name, std::size_t capacity,
              ScratchPolicy policy, TagId tag) noexcept;
  ~ScratchPool();

  // Guards a call at check level 1 and above; nested calls of one thread (a destructor that
  // allocates) are allowed.
  class Use {
   public:
    explicit Use(const ScratchPool& pool) noexcept;
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    [[nodiscard]] explicit operator bool() const noexcept { return granted_; }

   private:
    const ScratchPool* entered_ = nullptr;
    bool granted_ = true;
  };

  [[nodiscard]] ScratchPool* usable_pool(bool) noexcept { return this; }
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* bump(std::size_t size, std::size_t alignment,
                                                    bool report, const CallSite& site,
                                                    detail::Denial* why = nullptr) noexcept {
    if constexpr (kCheckLevel >= 1) {
      const Use use(*this);
      return use ? bump_unchecked(size, alignment, report, site, why) : nullptr;
    }
    return bump_unchecked(size, alignment, report, site, why);
  }
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* bump_unchecked(std::size_t size,
                                                              std::size_t alignment, bool report,
                                                              const CallSite& site,
                                                              detail::Denial* why) noexcept {
    if (!is_power_of_two(alignment)) [[unlikely]]
      return bump_slow(size, alignment, report, site.file, site.function, site.line, why);
    const std::uintptr_t start = place(cursor_.load(std::memory_order_relaxed), alignment);
    const std::uintptr_t end = start + rounded(size);
    if (end > limit_.load(std::memory_order_relaxed)) [[unlikely]] {
      return bump_slow(size, alignment, report, site.file, site.function, site.line, why);
    }
    cursor_.store(end, std::memory_order_relaxed);
    return reinterpret_cast<void*>(start);
  }
  [[nodiscard]] static std::uintptr_t place(std::uintptr_t cursor, std::size_t alignment) noexcept {
    return (cursor + alignment - 1) & (0 - alignment);
  }
  // Two blocks of zero bytes have different addresses.
  [[nodiscard]] static std::size_t rounded(std::size_t size) noexcept {
    return align_up(saturate(size) + (size == 0 ? 1 : 0), kGranule);
  }
  // The parts of a call site by value: an object would be built on the stack before the hot path.
  FRAMEALLOC_COLD void* bump_slow(std::size_t size, std::size_t alignment, bool report,
                                  const char* file, const char* function, std::uint32_t line,
                                  detail::Denial* why) noexcept;
  [[nodiscard]] void* advance(std::size_t size, std::size_t alignment) noexcept;
  [[nodiscard]] std::size_t next_segment_bytes(std::size_t need) const noexcept;
  FRAMEALLOC_COLD void* refuse(std::size_t size, std::size_t alignment, bool report,
                               const CallSite& site, detail::Denial* why) const noexcept;

  void arm(void* record, detail::Finalizer::Destroy destroy, void* objects,
           std::size_t count) noexcept;
  void run_finalizers(std::uint64_t after) noexcept;
  FRAMEALLOC_COLD void emit(FrameEventKind kind, std::size_t bytes) const noexcept;
  [[nodiscard]] bool is_stale(const ScratchCheckpoint& checkpoint) const noexcept;
  void move_back(const ScratchCheckpoint& to) noexcept;
  void note_low(std::uint64_t place) noexcept;
  [[nodiscard]] std::uint64_t place_of_cursor() const noexcept;
  [[nodiscard]] std::size_t allocated_locked() const noexcept;
  [[nodiscard]] std::size_t remaining_locked() const noexcept;

  [[nodiscard]] detail::SharedLedger& ledger() const noexcept;
  FRAMEALLOC_COLD void report_order(std::string_view what) const noexcept;
  FRAMEALLOC_COLD void report_detached() const noexcept;

  // Exclusive use by with_pool(), nested in one thread.
  [[nodiscard]] bool claim() noexcept;  // false when the thread has it already
  void unclaim() noexcept;

  // The hot line. Without a segment the limit is 0, which no request fits.
  std::atomic<std::uintptr_t> cursor_{kGranule};
  std::atomic<std::uintptr_t> limit_{0};
  detail::Finalizer* finalizers_ = nullptr;
  std::uint64_t order_ = 0;  // number of finalizers, ever
  mutable std::atomic<std::uintptr_t> user_{0};

  ScratchRegistry& registry_;
  const std::string_view name_;
  const std::size_t capacity_;  // as chosen, in whole granules
  const ScratchPolicy policy_;
  const TagId tag_;
  std::uint64_t number_ = 0;  // in the process, never reused

  // The list of segments changes under the lock, by the thread that uses the pool; trim() may
  // remove those after the current one. No other lock is taken with it.
  mutable detail::SpinLock lock_;
  detail::ScratchSegment* first_ = nullptr;
  detail::ScratchSegment* current_ = nullptr;
  std::uint32_t index_ = 0;  // of the current one
  std::size_t before_ = 0;   // bytes in use in the segments before it
  std::size_t usable_ = 0;   // of all segments
  std::size_t held_ = 0;
  std::atomic<std::size_t> high_water_{0};
  std::atomic<std::uint64_t> resets_{0};

  // The rewinds that left a checkpoint stale: position and time. Both ascend, since a rewind to
  // below an earlier one covers the earlier one. When there is no room for another, two are merged
  // into one that covers both.
  struct Low {
    std::uint64_t time;
    std::uint64_t place;
  };
  static constexpr int kLows = 16;
  Low lows_[kLows] = {};
  int low_count_ = 0;
  std::uint64_t time_ = 0;

  ScratchBorrow* newest_borrow_ = nullptr;
  std::atomic<std::uint32_t> open_borrows_{0};

  std::atomic<std::uint32_t> references_{1};  // handles, open borrows, the registry
  std::atomic<bool> detached_{false};         // removed from the registry
  ScratchPool* next_ = nullptr;               // of the registry's list, under its lock
  std::atomic<std::uintptr_t> claimed_by_{0};
  detail::EventCount claims_;
};

}  // namespace framealloc
