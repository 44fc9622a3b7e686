// SPDX-License-Identifier: MIT OR Apache-2.0 The frame arena of one thread: bump a cursor, compare
// it with a limit. Everything else the library does for a frame allocation sits behind that one
// comparison.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/annotations.hpp>
#include <framealloc/call_site.hpp>
#include <framealloc/checkpoint.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/arena/arena_host.hpp>
#include <framealloc/detail/arena/arena_state.hpp>
#include <framealloc/detail/arena/burst_window.hpp>
#include <framealloc/detail/arena/finalizer.hpp>
#include <framealloc/detail/arena/frame_slot.hpp>
#include <framealloc/detail/base/counter.hpp>
#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/base/relaxed_compare.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/sync/cache_line.hpp>
#include <framealloc/detail/sync/sequence_count.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace framealloc {

class FrameBurst;

namespace detail {
class FrameGuard;
class ThreadLedger;
struct TagCounters;
}  // namespace detail

/// Obtained from SmartAlloc::frame_arena(); valid on its thread while the allocator lives. Thread
/// contract: all members are for the owning thread unless stated otherwise.
class FRAMEALLOC_API alignas(detail::kCacheLine) FrameArena : protected detail::ArenaState {
 public:
  /// Effect: one uninitialized T. Result: null when the arena is full (FrameOverflow::Fail), when a
  /// budget or the source denies it (reported as FA003, FA310-312 or FA012), or with no frame open
  /// (FA001). The memory is valid until the end of the frame. `site` is for reports and guard
  /// modes; only the slow path reads it.
  template <class T>
  FRAMEALLOC_FRAME [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* alloc(
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return static_cast<T*>(bump<alignof(T)>(align_up(sizeof(T), kGranule), site));
  }

  /// Effect: `count` contiguous uninitialized T in one bump. Result: as alloc(); a count whose size
  /// overflows is reported as FA011.
  template <class T>
  FRAMEALLOC_FRAME [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* alloc_batch(
      std::size_t count, CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return static_cast<T*>(
        bump<alignof(T)>(align_up(saturating_bytes(count, sizeof(T)), kGranule), site));
  }
  /// The same, but a denial is neither reported nor counted: the caller then asks for less.
  template <class T>
  [[nodiscard]] T* alloc_batch_quietly(std::size_t count, const CallSite& site) noexcept;

  /// Effect: `size` uninitialized bytes, aligned to kGranule (16). Zero bytes are a valid request.
  FRAMEALLOC_FRAME [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* alloc_bytes(
      std::size_t size, CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return bump<kGranule>(align_up(saturate(size), kGranule), site);
  }
  /// The same with any power-of-two alignment. Any other is reported as FA011 at check level 1 and
  /// violates a requirement below it.
  FRAMEALLOC_FRAME [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* alloc_bytes(
      std::size_t size, std::size_t alignment,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND;

  /// Effect: if `block` (of `old_size` bytes) is the newest allocation and the arena has room,
  /// resizes it to `new_size` bytes in place. Result: false if not, and nothing has changed.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool try_extend(const void* block, std::size_t old_size,
                                                         std::size_t new_size) noexcept;
  /// Effect: if `block` is the newest allocation, gives back everything beyond `new_size` bytes.
  /// Result: whether it was. Any thread may call this; off the arena's thread the result is false.
  bool shrink_top(const void* block, std::size_t old_size, std::size_t new_size) noexcept;
  /// Effect: gives all of `block`, made at `epoch`, back if it is still there and the newest. Any thread.
  void give_back(const void* block, std::size_t size, std::uint64_t epoch) noexcept;

  /// Effect: a burst of allocations that bumps through windows of at most `bytes` bytes; see
  /// FrameBurst. Chunk, budgets and arena size limit the windows too.
  [[nodiscard]] FrameBurst burst(std::size_t bytes = std::size_t{64} << 10,
                                 Prefetch prefetch = Prefetch::None) noexcept
      FRAMEALLOC_LIFETIMEBOUND;

  /// Effect: announces that an object with a destructor is about to be constructed in the current
  /// frame; until arm(), guard modes leave this arena's memory of this frame alone. Result: false
  /// if one has touched it already: the frame is over and its memory gone.
  [[nodiscard]] bool expect_object() noexcept {
    return frame_guard_ == nullptr || go_inside(clock());
  }
  /// Effect: makes the record of a pending destructor and announces the objects; call arm() once
  /// they are constructed, or drop_finalizer(). Result: null when there is no memory for it.
  [[nodiscard]] detail::Finalizer* new_finalizer(detail::Finalizer::Destroy destroy,
                                                 CallSite site = CallSite::current(),
                                                 bool quiet = false) noexcept;
  void drop_finalizer(detail::Finalizer* finalizer) noexcept;
  /// Effect: `destroy(objects, count)` runs when the frame ends or the arena is rewound to a
  /// checkpoint taken before this call, newest first. Set `finalizer->destroy` to null to cancel.
  void arm(detail::Finalizer* finalizer, void* objects, std::size_t count) noexcept;

  /// Result: the current position; rewind() refuses it if no frame is open.
  [[nodiscard]] FrameCheckpoint checkpoint() noexcept;
  /// Effect: frees everything allocated since `to` and runs pending destructors, newest first.
  /// Result: false, with nothing changed, for a stale, foreign or forward checkpoint, and off the
  /// arena's thread (FA210).
  FRAMEALLOC_REWINDS bool rewind(const FrameCheckpoint& to) noexcept;

  /// A stamp that changes whenever the arena enters or leaves a frame or is rewound; values never
  /// repeat. Any thread.
  [[nodiscard]] std::uint64_t epoch() const noexcept {
    return clock() + rewound_.get() + rewound_bytes_.get();
  }
  /// Result: whether an allocation made at `epoch` still exists: its frame is open and nothing has
  /// been rewound since. Any thread.
  [[nodiscard]] bool holds(std::uint64_t epoch) const noexcept {
    return host_ != nullptr && clock() != 0 && this->epoch() == epoch &&
           host_->frame_is_open(*this);
  }
  /// Result: position of the highest checkpoint or scope that can still be rewound to.
  [[nodiscard]] std::size_t highest_checkpoint() const noexcept;

  /// Result: bytes held in the current frame, rounding included.
  [[nodiscard]] std::size_t position() const noexcept {
    return cursor_.load(std::memory_order_relaxed) - origin_.load(std::memory_order_relaxed);
  }
  /// Result: bytes allocated over the arena's life, including rewound ones: differences measure
  /// phases. Any thread; exact for the owner.
  [[nodiscard]] std::uint64_t allocated_total() const noexcept {
    return finished_bytes_.get() + fast_bytes_.get() + rewound_bytes_.get() +
           returned_bytes_.get() + position();
  }
  [[nodiscard]] std::uint64_t calls_counted() const noexcept {
    return calls_total_.get() + calls_.get();
  }
  /// Result: bytes available before the capacity or a budget in the chain denies; SIZE_MAX when
  /// only the source limits the arena.
  [[nodiscard]] std::size_t capacity_left() const noexcept;

  /// Result: bytes charged to budgets but not yet allocated.
  [[nodiscard]] std::size_t charged_ahead() const noexcept;
  [[nodiscard]] std::size_t chunk_room_left() const noexcept;  ///< to the end of the chunk

  FrameArena(const FrameArena&) = delete;
  FrameArena& operator=(const FrameArena&) = delete;

  // --- For the library: frame/ and thread/ drive an arena through these. -------------------------

  /// Effect: `rounded` bytes (a multiple of kGranule), or what `slow()` returns when the slow path
  /// is needed. The only place where the hot path is written.
  template <std::size_t Alignment, class Slow>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* bump_or(std::size_t rounded, Slow&& slow) noexcept {
    std::uintptr_t start = cursor_.load(std::memory_order_relaxed);
    if constexpr (Alignment > kGranule) start = (start + Alignment - 1) & (0 - Alignment);
    const std::uintptr_t end = start + rounded;
    if (detail::exceeds_relaxed(end, limit_)) [[unlikely]]
      return slow();
    cursor_.store(end, std::memory_order_relaxed);
    return reinterpret_cast<void*>(start);
  }

  /// The same for a size and alignment known only at run time; `slow(0 - alignment)`.
  template <class Slow>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* bump_bytes_or(
      std::size_t size, std::size_t alignment,
      Slow&& slow) noexcept(noexcept(slow(std::uintptr_t{})));

  /// The arena of threads that have none yet: always full.
  constexpr FrameArena() noexcept = default;
  using Setup = detail::ArenaSetup;
  /// Result: false when there is no memory for the arena's records.
  [[nodiscard]] bool set_up(const Setup& setup) noexcept;
  void tear_down() noexcept;  ///< gives every chunk and fallback block back; runs no destructors

  /// Effect: leaves the arena's frame and enters frame `clock` in its slot.
  void enter(std::uint64_t clock) noexcept;
  /// The same in a few instructions. Requirement: begins_fast(), and no mode is on.
  FRAMEALLOC_ALWAYS_INLINE void reenter(std::uint64_t clock) noexcept;
  /// Result: whether the driving thread may begin a frame by reenter(), or end it by leave(). Both
  /// are false for arenas of other threads.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool begins_fast() const noexcept;
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool ends_fast() const noexcept;
  /// Effect: closes the arena at the end of the frame. Requirement: ends_fast().
  FRAMEALLOC_ALWAYS_INLINE void leave() noexcept;
  /// What the next boundary of the shared frame may be: fast, after an open frame or one that has
  /// ended, or a general one. Set by Instance.
  using ArenaState::Boundary;
  [[nodiscard]] Boundary boundary() const noexcept { return pace_.boundary; }
  void set_boundary(Boundary boundary) noexcept { pace_.boundary = boundary; }
  /// The same out of line, and the end of the frame, when settled(). Owner.
  void reenter_settled(std::uint64_t clock) noexcept;
  void leave_settled() noexcept;
  /// Result: whether the current frame was only bumped, in one chunk and under one tag; the same,
  /// but charged to budgets; the same as the first, or rewound by scopes; whether it has nothing to
  /// run, free or report when it ends.
  [[nodiscard]] bool bumped_only() const noexcept { return pace_.path == FramePath::BumpedOnly; }
  [[nodiscard]] bool bumped_charged() const noexcept {
    return pace_.path == FramePath::BumpedCharged;
  }
  [[nodiscard]] bool on_fast_path() const noexcept {
    return pace_.path >= FramePath::BumpedRewound;
  }
  [[nodiscard]] bool settled() const noexcept { return pace_.path >= FramePath::Settled; }
  /// Effect: gives the frame's slot its own first chunk (the memory committed up front).
  /// Requirement: nothing has been allocated in the frame yet.
  void adopt_first_chunk(detail::ArenaChunk* chunk) noexcept;
  /// Effect: makes the next call take the slow path. Thread contract: any thread.
  void close() noexcept {
    limit_.store(0, std::memory_order_seq_cst);
    close_windows();
  }
  /// Effect: disables the fast frame boundary for this frame.
  void leave_fast_path() noexcept {
    if (pace_.path == FramePath::General) return;
    pace_.path = FramePath::General;
    scope_key_ = 0;
    slot().clock.store(clock(), std::memory_order_relaxed);  // fast frames leave it behind
  }
  /// A checkpoint with a known end: listed while its scope lasts, so rewinds need not be remembered
  /// for it. close_scope() rewinds to it unless `keep`.
  FRAMEALLOC_COLD detail::ScopeStart begin_scope() noexcept;
  FRAMEALLOC_COLD void end_scope(std::uintptr_t cursor, std::uint64_t key) noexcept;
  [[nodiscard]] FrameCheckpoint open_scope() noexcept;
  void close_scope(const FrameCheckpoint& scope, bool keep) noexcept;
  /// Result: an ordinary checkpoint at the start of a scope, which may be copied and kept. It is
  /// refused once the scope has been rewound past.
  [[nodiscard]] FrameCheckpoint checkpoint_of(const FrameCheckpoint& scope) noexcept;
  /// Result: whether a scope that begins now takes only a few instructions.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool scopes_are_quick() const noexcept {
    return scope_key_ != 0;
  }
  /// For FrameBurst. Effect: makes or borrows a window and takes memory for it if available;
  /// reports nothing if not.
  [[nodiscard]] detail::BurstWindow* open_burst(std::size_t bytes) noexcept;
  void close_burst(detail::BurstWindow& window, std::uintptr_t cursor) noexcept;
  /// Effect: serves a request of `size` bytes, a multiple of kGranule, that did not fit the window.
  /// `start` is where the block would have been. Result: the end of the block, where the window
  /// continues if it has memory; `size` when denied.
  FRAMEALLOC_COLD std::uintptr_t step_burst(detail::BurstWindow& window, std::uintptr_t start,
                                            std::size_t size, std::size_t alignment,
                                            const char* file, const char* function,
                                            std::uint32_t line) noexcept;
  /// Effect: reports that memory of frame `clock` is used after that frame (FA002). Owner.
  FRAMEALLOC_COLD void check_age(std::uint64_t clock) noexcept;
  /// Effect: applies a changed thread budget, to the current frame too.
  void renew_guard() noexcept;
  /// Effect: writes what the current frame held to the ledger and its slot. Owner, at frame end.
  void finish() noexcept;
  /// Effect: runs the pending destructors of frame `clock` and returns its charges and fallback
  /// blocks. Thread contract: any thread; each destructor runs once. One that is armed after the
  /// end of the frame, because the arena's thread was in the middle of it, waits for that thread's
  /// next frame, its end, or release_chunks().
  void release_frame(std::uint64_t clock, bool owner) noexcept;
  /// The same for the frame the arena is or was in, with one frame in flight.
  void release_frame_if_over(bool owner) noexcept {
    if (slot_count_ == 1) release_frame(clock(), owner);
  }
  /// Effect: returns chunks of dead frames. Owner, or the holder of the retired thread.
  void release_chunks() noexcept;
  void set_tag(TagId tag) noexcept;
  /// Effect: returns what is charged but not yet allocated to the budgets; recall_quota() makes the
  /// owner do so at its next call, which takes the slow path. Any thread may recall.
  void give_quota_back() noexcept;
  void recall_quota() noexcept;
  void answer_recall() noexcept;
  /// Result: bytes charged and not yet allocated at position `here`. Any thread.
  [[nodiscard]] std::size_t quota_left(const detail::ArenaView& here) const noexcept;
  [[nodiscard]] TagId tag() const noexcept { return TagId{tag_.load(std::memory_order_relaxed)}; }
  [[nodiscard]] std::uint64_t clock() const noexcept { return clock_.load(detail::kRelaxed); }
  [[nodiscard]] detail::FrameSlot& slot_of(std::uint64_t clock) noexcept {
    return slots_[(clock >> 1) % slot_count_];
  }
  [[nodiscard]] detail::FrameSlot* slots() noexcept { return slots_; }
  [[nodiscard]] const detail::FrameSlot* slots() const noexcept { return slots_; }
  [[nodiscard]] unsigned slot_count() const noexcept { return slot_count_; }
  [[nodiscard]] unsigned first_cell() const noexcept { return first_cell_; }
  /// Result: a consistent view. Thread contract: any thread.
  [[nodiscard]] detail::ArenaView view() const noexcept;
  /// Result: what this arena did in frame `clock`; zeros if it was not in it, or too long ago.
  [[nodiscard]] detail::FrameHistory history(std::uint64_t clock) const noexcept;
  /// A retry loop for reads that must agree with view(): begin, read, and repeat if retry is true.
  [[nodiscard]] std::uint32_t read_begin() const noexcept { return edits_.begin_read(); }
  [[nodiscard]] bool read_retry(std::uint32_t begun) const noexcept {
    return edits_.retry_read(begun);
  }
  /// Result: whether the address lies in one of the arena's chunks. Owner; other threads see only
  /// the current chunk, and only if it has the usual size.
  [[nodiscard]] bool has_memory_at(const void* address, bool owner,
                                   std::size_t chunk_size) const noexcept;
  [[nodiscard]] std::size_t chunk_bytes() const noexcept {
    return chunk_bytes_.load(detail::kRelaxed);
  }

 private:
  friend class ArenaScope;
  friend class FrameBurst;
  void flush_fast_frames() noexcept;  // the ledger gets what fast frames held
  class Edit;                         // brackets changes that view() must see whole

  template <std::size_t Alignment>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* bump(std::size_t rounded,
                                                    const CallSite& site) noexcept {
    return bump_or<Alignment>(rounded, [this, rounded, &site]() FRAMEALLOC_INLINE_LAMBDA {
      return alloc_slow(rounded, Alignment, site.file, site.function, site.line);
    });
  }

  // The parts of a call site by value: an object would be built on the stack before the hot path.
  FRAMEALLOC_COLD void* alloc_slow(std::size_t size, std::size_t alignment, const char* file,
                                   const char* function, std::uint32_t line) noexcept;
  FRAMEALLOC_COLD void* alloc_slow_masked(std::size_t size, std::uintptr_t mask, const char* file,
                                          const char* function, std::uint32_t line) noexcept;
  void* obtain(std::size_t size, std::size_t alignment, const CallSite& site, bool quiet) noexcept;
  void note_allocation(std::uintptr_t start, std::uintptr_t end, const CallSite& site) noexcept;
  // With a guard mode: see frame_arena_guard.cpp.
  class Inside;
  [[nodiscard]] bool go_inside(std::uint64_t clock) noexcept;
  void come_out(std::uint64_t clock) noexcept;
  bool advance_to_fresh_chunk(std::size_t room, detail::Denial* why) noexcept;
  void leave_chunk() noexcept;
  void resume_after(const FrameCheckpoint& to) noexcept;
  [[nodiscard]] bool poison_slot(detail::FrameSlot& slot, std::uint64_t clock, bool owner) noexcept;
  void part_with_chunks(detail::FrameSlot& slot) noexcept;
  void check_poison(detail::FrameSlot& slot) noexcept;
  void poison_rewound(const FrameCheckpoint& to) noexcept;
  void pad_to_page() noexcept;
  FRAMEALLOC_COLD bool extend_slow(std::uintptr_t start, std::uintptr_t end) noexcept;
  FRAMEALLOC_COLD void* refuse_alignment(std::size_t size, std::size_t alignment, const char* file,
                                         const char* function, std::uint32_t line) noexcept;
  void* overflow(std::size_t size, std::size_t alignment, const CallSite& site,
                 bool quiet) noexcept;
  void* stand_in(std::size_t size, std::size_t alignment, const CallSite& site) noexcept;
  // Result: whether the arena may advance to `position`; if not, `*instead` is what the call
  // returns.
  bool ask_thread_budget(std::size_t position, std::size_t size, std::size_t alignment,
                         const CallSite& site, bool quiet, void** instead) noexcept;
  void* refuse(const detail::Denial& why, std::size_t size, const CallSite& site,
               bool quiet) noexcept;
  bool advance_chunk(std::size_t room, detail::Denial* why) noexcept;
  bool extend_quota(std::size_t need, detail::Denial* why) noexcept;
  void step_into(detail::ArenaChunk* next) noexcept;
  void enter_start(detail::FrameSlot& slot) noexcept;
  void enter_chunk(detail::ArenaChunk* chunk, std::uintptr_t cursor, std::size_t position) noexcept;
  void publish_limit() noexcept;
  void note_calls() noexcept;
  void find_path() noexcept;
  void settle() noexcept;
  FRAMEALLOC_ALWAYS_INLINE void restart(std::uint64_t clock) noexcept;  // reenter() but for pace_
  void renew_scope_key() noexcept;
  void note_scope_peak() noexcept;
  void record_ended(std::size_t held, std::size_t fallback) noexcept;
  void retreat(std::uintptr_t end) noexcept;
  // Of bursts; see frame_arena_burst.cpp.
  void close_windows() noexcept;
  FRAMEALLOC_COLD detail::BurstWindow* open_burst_slow(detail::BurstWindow* window,
                                                       std::size_t bytes) noexcept;
  void fill_window(detail::BurstWindow& window) noexcept;
  void publish_window(detail::BurstWindow& window) noexcept;
  void empty_window(detail::BurstWindow& window, std::uintptr_t cursor) noexcept;
  void forget_window(detail::BurstWindow& window) noexcept;
  void forget_windows(std::size_t position) noexcept;
  [[nodiscard]] bool take_gap(detail::BurstWindow& window, std::size_t bytes) noexcept;
  void emit_call(std::size_t size) noexcept;
  [[nodiscard]] bool checkpoint_is_valid(const FrameCheckpoint& to) const noexcept;
  [[nodiscard]] FrameCheckpoint here() const noexcept;
  [[nodiscard]] bool lists(const FrameCheckpoint& scope) const noexcept;
  void note_rewind(std::size_t position) noexcept;
  [[nodiscard]] bool refuse_thread(const char* what) noexcept;
  [[nodiscard]] FrameCheckpoint checkpoint_while_quick(std::uintptr_t cursor) noexcept;

  void flush_run(std::size_t position) noexcept;    // ledger gets [run_start_, position)
  void unwind_runs(std::size_t position) noexcept;  // ledger loses [position, here)
  void count_bytes(detail::TagCounters& counters, std::size_t bytes) noexcept;
  void uncount_bytes(TagId tag, std::size_t bytes) noexcept;
  bool record_charge(TagId tag, std::size_t bytes) noexcept;
  void return_charge(TagId tag, std::size_t bytes) noexcept;
  void return_charges(detail::FrameSlot& slot) noexcept;
  void return_unused_quota() noexcept;
  [[nodiscard]] std::size_t quota() const noexcept;
  [[nodiscard]] std::size_t bytes_expected() const noexcept;

  void run_finalizers(detail::FrameSlot& slot, std::uint64_t after) noexcept;
  void free_fallback(detail::FrameSlot& slot, std::uint64_t after, bool owner) noexcept;
  void trim_slot(detail::FrameSlot& slot) noexcept;
  [[nodiscard]] detail::FrameSlot& slot() noexcept { return slot_of(clock()); }
  [[nodiscard]] std::size_t cell() const noexcept;
  [[nodiscard]] std::uintptr_t chunk_end() const noexcept;
  void leave_broken_chunk() noexcept;
};

}  // namespace framealloc

#include <framealloc/detail/arena/frame_arena_inline.hpp>
#include <framealloc/frame_burst.hpp>  // FrameArena::burst() hands it out
