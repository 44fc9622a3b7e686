// SPDX-License-Identifier: MIT OR Apache-2.0
// What a frame arena consists of.
#pragma once

#include <framealloc/checkpoint.hpp>
#include <framealloc/detail/account/ledger.hpp>
#include <framealloc/detail/arena/arena_host.hpp>
#include <framealloc/detail/arena/burst_window.hpp>
#include <framealloc/detail/arena/frame_slot.hpp>
#include <framealloc/detail/base/atomic_pointer.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/sync/cache_line.hpp>
#include <framealloc/detail/sync/sequence_count.hpp>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

class FrameGuard;

// What set_up() is told of an arena.
struct ArenaSetup {
  ArenaHost* host;
  MetadataAllocator* metadata;
  ThreadLedger* ledger;
  const std::atomic<std::uint32_t>* modes;
  FrameOverflow overflow;
  std::size_t capacity;  // bytes per frame before the overflow policy decides; ignored for Grow
  unsigned slots;        // frames_in_flight
  unsigned first_cell;   // of TagCounters::frames: 0 for the shared frame, 4 for a thread's own
  // Of a guard mode; null when that is Off.
  FrameGuard* frame_guard = nullptr;
  const std::atomic<std::uint64_t>* frame_clock = nullptr;  // for the guard: what shows the frame
};

class alignas(kCacheLine) ArenaState {
 protected:
  // What the current frame has been through; see reenter() and ArenaScope. A scope clears the
  // lowest bit.
  enum class FramePath : std::uint8_t {
    General = 0,        // destructors owed, checkpoints taken, memory from the heap
    Windowed = 2,       // what path_before_window_ says, and a burst has a window
    Settled = 4,        // several chunks or tags
    BumpedCharged = 5,  // only bumped, in one chunk, under one tag, but budgets are charged
    BumpedRewound = 6,  // nor those, but rewound by scopes
    BumpedOnly = 7,     // only bumped
  };
  static constexpr std::uint8_t kNotRewound = 1;
  // Whether the boundary that comes next in the shared frame may be a fast one: Instance lets only
  // the arena of the driving thread have another value than General.
  enum class Boundary : std::uint8_t {
    General = 0,
    Open = 1,   // the frame is open and may end fast
    Ended = 2,  // it ended fast: the next may begin where it began
  };
  // What a fast boundary depends on, read by one comparison.
  struct alignas(2) Pace {
    FramePath path = FramePath::General;
    Boundary boundary = Boundary::General;
  };
  static constexpr auto kOpenFast =
      std::bit_cast<std::uint16_t>(Pace{FramePath::BumpedOnly, Boundary::Open});
  static constexpr auto kEndedFast =
      std::bit_cast<std::uint16_t>(Pace{FramePath::BumpedOnly, Boundary::Ended});
  static constexpr unsigned kScopeClockBits = 40;  // of a scope's key: the frame's clock

  // The hot line. limit_ is 0 while the slow path has something to do.
  std::atomic<std::uintptr_t> cursor_{kGranule};
  std::atomic<std::uintptr_t> limit_{0};
  std::atomic<std::uintptr_t> origin_{kGranule};  // cursor minus position
  ArenaChunk* chunk_ = nullptr;
  ArenaHost* host_ = nullptr;
  std::atomic<std::uint64_t> clock_{0};  // frame that the arena is in; odd
  TagCounters* counters_ = nullptr;      // of the current tag
  std::atomic<std::size_t> run_start_{0};

  // What scopes look at. The key changes with what a mere step back of the cursor cannot undo: a
  // frame, a tag, a chunk; 0: scopes must be listed.
  std::uint64_t scope_key_ = 0;
  std::atomic<std::uintptr_t> scope_high_{0};  // highest cursor that a scope has rewound, or 0
  OwnedCounter rewound_bytes_;
  Pace pace_;
  FramePath path_before_window_ = FramePath::General;

  // Of the fast frames since the tag or the path changed, all under the current tag.
  std::uintptr_t fast_end_ = 0;
  OwnedCounter fast_bytes_;
  OwnedCounter fast_peak_;
  OwnedCounter fast_last_;  // of the frame right before the current one

  SequenceCount edits_;
  std::atomic<std::uint16_t> tag_{0};  // a TagId; see ChunkKind
  FrameOverflow overflow_ = FrameOverflow::Grow;
  bool budgeted_ = false;
  bool charging_ = false;  // the budgets are being asked: what they cause must not return quota
  bool modest_ = false;    // another thread has needed it in this frame
  std::atomic<bool> recalled_{false};  // another thread needs what is charged ahead
  unsigned slot_count_ = 1, first_cell_ = 0;
  std::size_t capacity_ = SIZE_MAX;           // position that the overflow policy guards
  std::atomic<std::size_t> quota_{SIZE_MAX};  // position up to which budgets are charged
  std::size_t thread_budget_mark_ =
      SIZE_MAX;  // position from which the host is asked: the thread's budget
  std::atomic<std::size_t> peak_{0};
  std::atomic<std::size_t> waste_{0};
  std::atomic<std::size_t> fallback_bytes_{0};
  std::atomic<std::size_t> chunk_bytes_{0};
  OwnedCounter calls_;   // in the current frame, while calls are counted
  EndedFrame ended_[2];  // by frame number
  std::atomic<std::size_t> high_water_{0};
  OwnedCounter calls_total_, finished_bytes_;
  OwnedCounter returned_bytes_;          // by shrinking the newest allocation
  std::uint64_t rewinds_ = 0;            // those that left a mark
  std::uint64_t forgotten_rewinds_ = 0;  // the newest for whose mark there was no memory
  std::uint64_t order_ = 0;              // number of finalizers and fallback blocks, ever
  OwnedCounter rewound_;                 // all of them, but for those of quick scopes
  std::uint64_t rewinds_at_enter_ = 0;   // both as they were when the frame began, for scopes that
  std::uint64_t order_at_enter_ = 0;     // began while it was fast
  std::size_t fallback_peak_ = 0;        // most bytes of position and fallback together, this frame
  std::size_t highest_checkpoint_ = 0;   // of this frame; rewinds above it need no mark
  std::size_t configured_capacity_ = SIZE_MAX;
  std::uint64_t overflow_reported_ = 0;  // frame whose first overflow has been reported
  MetaVector<TagRun>* runs_ = nullptr;
  MetaVector<RewindMark>* marks_ = nullptr;
  // Scopes that have not ended, outermost first; positions rise. A rewind below the start of one
  // drops it, so there are never more than are open at once.
  MetaVector<FrameCheckpoint>* scopes_ = nullptr;
  std::uint64_t scope_serial_ = 0;
  AtomicPointer<BurstWindow> windows_{nullptr};  // newest first; only grows
  unsigned windows_filled_ = 0;
  std::uint64_t key_before_window_ = 0;
  // What a burst could not give back, since something lies behind it; the next burst takes it.
  struct {
    std::uintptr_t begin = 0, end = 0;
    std::size_t position = 0;
    TagId tag = TagId::Untagged;
  } gap_;
  FrameSlot* slots_ = nullptr;
  MetadataAllocator* metadata_ = nullptr;
  ThreadLedger* ledger_ = nullptr;
  const std::atomic<std::uint32_t>* modes_ = nullptr;
  FrameGuard* frame_guard_ = nullptr;  // of a guard mode
  const std::atomic<std::uint64_t>* frame_clock_ = nullptr;
};

}  // namespace framealloc::detail
