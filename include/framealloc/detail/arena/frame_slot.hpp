// SPDX-License-Identifier: MIT OR Apache-2.0
// What an arena remembers of its frames, and what it tells others about them.
#pragma once

#include <framealloc/detail/arena/arena_host.hpp>
#include <framealloc/detail/arena/finalizer.hpp>
#include <framealloc/detail/base/atomic_pointer.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc {

class FrameArena;

namespace detail {

// What is switched on. The lower half: reasons why every call of every arena takes the slow path
// (limit 0) while they last. The upper half: reasons why frames begin and end on the general
// path.
enum Mode : std::uint32_t {
  kCountCalls = 1U << 0,
  kEmitCalls = 1U << 1,       // a listener receives each call
  kGuardCalls = 1U << 2,      // a guard mode records every allocation
  kSlowCalls = 0xffff,        // any of the lower half
  kBoundaryHooks = 1U << 16,  // a barrier or a policy runs at frame boundaries
  kLifecycle = 1U << 17,      // frames are sent to listeners
  kPressureDue = 1U << 18,    // memory pressure must be reported at the next opportunity
  kGuardFrames = 1U << 19,    // a guard mode poisons frame memory when its frame ends
  kWatchFrames = 1U << 20,    // a watcher reads the counters when a frame has ended
  kDeferredPolicy = 1U << 21  // deferred frees are processed at every boundary
};

// Part of a frame that was allocated under one tag.
struct TagRun {
  std::size_t start = 0;  // arena positions
  std::size_t end = 0;
  TagId tag = TagId::Untagged;
};
// Bytes that a frame charged to the budget of a tag.
struct Charge {
  std::size_t bytes = 0;
  TagId tag = TagId::Untagged;
};
// A rewind that happened: checkpoints older than it and above its position are stale.
struct RewindMark {
  std::uint64_t serial = 0;
  std::size_t position = 0;
};
// Where a scope began: the cursor and the arena's key, or, when it is listed, its place in the list
// and kListed with its serial.
struct ScopeStart {
  static constexpr std::uint64_t kListed = std::uint64_t{1} << 63;
  std::uintptr_t cursor = 0;
  std::uint64_t key = 0;
};
// A heap block that stands in for frame memory; the header precedes it.
struct FallbackBlock {
  FallbackBlock* next = nullptr;
  void* block = nullptr;
  std::size_t bytes = 0;
  std::uint64_t order = 0;  // see Finalizer::order
};

// One of up to four frames that an arena keeps valid (frames_in_flight).
struct FrameSlot {
  explicit FrameSlot(MetadataAllocator& metadata) noexcept : charges(metadata) {}
  FrameSlot(const FrameSlot&) = delete;
  FrameSlot& operator=(const FrameSlot&) = delete;
  std::atomic<std::uint64_t> clock{0};  // frame that used the slot last
  std::atomic<std::size_t> bytes{0};    // its bytes, once it is no longer the current one
  AtomicPointer<Finalizer> finalizers{
      nullptr};  // newest first; taken whole, by the thread that ends the frame
  ArenaChunk* first = nullptr;
  ArenaChunk* deepest = nullptr;  // last chunk that the frame reached
  // With a guard mode, under the lock of its FrameGuard: the frame whose memory was made unusable
  // last; how many calls of the arena's thread are using the frame's memory, so no other thread may
  // touch it; and the frame that another thread left to them for that reason.
  std::uint64_t poisoned = 0;
  unsigned inside = 0;
  std::uint64_t left_to_owner = 0;
  AtomicPointer<FallbackBlock> fallback{nullptr};  // the same
  std::atomic<unsigned> in_release{0};             // calls of release_frame(): its chunks must stay
  SpinLock charges_lock{};  // the thread that ends the frame uncharges for threads that sleep
  MetaVector<Charge> charges;
  std::size_t needed_now = 0;     // chunk bytes needed in this window of frames
  std::size_t needed_before = 0;  // and in the window before
  unsigned window_frames = 0;
  // Set while the slot is on the list of slots that the shared frame has to close (frame/), and
  // until the thread that closes it is done with it.
  std::atomic<bool> listed{false};
  FrameSlot* next_listed = nullptr;
  FrameArena* arena = nullptr;
};

// What other threads may know about an arena; one consistent moment.
struct ArenaView {
  std::uint64_t clock = 0;
  std::size_t position = 0;   // bytes in the current frame
  std::size_t run_start = 0;  // from here on they are not yet in the ledger, but belong to `tag`
  std::size_t peak = 0;
  std::size_t waste = 0;
  std::size_t fallback = 0;
  std::uint64_t calls = 0;
  TagId tag = TagId::Untagged;
  // Of fast frames that ended, not yet in the ledger either.
  std::size_t plain_bytes = 0;
  std::size_t plain_peak = 0;
  std::uint64_t plain_last_clock = 0;
  std::size_t plain_last_bytes = 0;
};

// The figures of a frame that has ended, as its arena keeps them for other threads.
struct EndedFrame {
  std::atomic<std::uint64_t> clock{0}, calls{0};
  std::atomic<std::size_t> bytes{0}, peak{0}, waste{0}, fallback{0};
};

// What one frame was, kept for the frame that ended last and the one before it.
struct FrameHistory {
  std::uint64_t clock = 0;
  std::size_t bytes = 0;  // at its end
  std::size_t peak = 0;
  std::size_t waste = 0;
  std::size_t fallback = 0;
  std::uint64_t calls = 0;
  std::size_t high_water = 0;  // highest peak of any frame
};

}  // namespace detail
}  // namespace framealloc
