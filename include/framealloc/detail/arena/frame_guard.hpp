// SPDX-License-Identifier: MIT OR Apache-2.0
// Detects stale accesses to frame memory: memory of ended frames is filled with a pattern (poison)
// or made inaccessible for some frames (pages), and allocations are recorded, so a report can name
// the owner of the memory.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/arena/arena_host.hpp>
#include <framealloc/detail/arena/frame_guard_table.hpp>
#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/report.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// One per allocator whose guard mode is not Off; arenas without one never look for it beyond a
// comparison on their slow paths.
class FrameGuard {
 public:
  static constexpr unsigned char kEnded = 0xCD;  // frame memory whose frame is over

  struct Setup {
    ChunkPool* chunks;
    LimitedSource* limited_source;
    MetadataAllocator* metadata;
    const TagTable* tags;
    ReportSink* sink;
    bool pages;         // else poison
    bool report_fault;  // call the report handler from the fault handler
    unsigned frames;    // for which pages stay inaccessible
  };
  explicit FrameGuard(const Setup& setup) noexcept;
  ~FrameGuard();  // returns what it keeps
  FrameGuard(const FrameGuard&) = delete;
  FrameGuard& operator=(const FrameGuard&) = delete;

  [[nodiscard]] bool pages() const noexcept { return setup_.pages; }
  // True if frame memory is poisoned by annotations for a tool; then every allocation must be
  // annotated.
  [[nodiscard]] bool annotates() const noexcept { return annotates_; }
  // Result: bytes at the start of a chunk that hold no frame memory.
  [[nodiscard]] std::size_t header_bytes() const noexcept { return header_bytes_; }
  // Guards the members that FrameSlot lists: the thread that ends a frame makes the memory of other
  // threads unusable, and they may be using it.
  [[nodiscard]] SpinLock& lock() noexcept { return lock_; }

  // Effect: frame memory will be handed out from `chunk` in frame `clock`; `now` is the clock that
  // goes on when the frame ends. Owner of the arena.
  void open(ArenaChunk* chunk, std::uint64_t clock, const std::atomic<std::uint64_t>& now) noexcept;
  // Effect: records an allocation. Owner of the arena.
  void note(ArenaChunk* chunk, std::uintptr_t start, std::size_t size, TagId tag,
            const CallSite& site) noexcept;
  // Effect: records that the newest allocation of the chunk, which begins at `start`, now ends at
  // `end`, not at `before`.
  void note_extended(ArenaChunk* chunk, std::uintptr_t start, std::uintptr_t before,
                     std::uintptr_t end) noexcept;
  // Effect: forbids further use of [begin, end) of the chunk: with pages(), whole pages become
  // inaccessible; the rest gets the pattern.
  void forbid(ArenaChunk* chunk, std::uintptr_t begin, std::uintptr_t end) noexcept;
  // Result: the first of `size` bytes that does not have the pattern any more, null when all have.
  [[nodiscard]] static const std::byte* find_change(const std::byte* begin,
                                                    std::size_t size) noexcept;
  // Effect: makes the memory of the chunk, whose frame has ended, inaccessible. With pages() only.
  // The thread that ends the frame, or the owner of the arena.
  void close_off(ArenaChunk* chunk) noexcept;
  // Effect: keeps the list of chunks from `first` on, whose frame has ended, inaccessible until
  // enough frames have passed. With pages() only; not under the lock. Owner of the arena, which
  // must keep no pointer to them.
  void keep(ArenaChunk* first) noexcept;
  // Effect: returns chunks that were kept long enough to the chunk pool; with `all`, every one.
  // Result: bytes returned.
  std::size_t expire(bool all) noexcept;
  // Effect: the chunk is an ordinary one again.
  void close(ArenaChunk* chunk) noexcept;

  // Result: bytes that are kept. Any thread.
  [[nodiscard]] std::size_t kept_bytes() const noexcept {
    return kept_bytes_.load(std::memory_order_relaxed);
  }
  // Async-signal-safe, any thread. Result: the chunk that the address lies in, null when none.
  [[nodiscard]] const FrameGuardEntry* find(std::uintptr_t address) const noexcept {
    return table_.find(address);
  }
  [[nodiscard]] const TagTable& tags() const noexcept { return *setup_.tags; }
  [[nodiscard]] ReportSink& sink() const noexcept { return *setup_.sink; }
  [[nodiscard]] bool reports_faults() const noexcept { return setup_.report_fault; }

 private:
  void give_back(ArenaChunk* chunk) noexcept;
  [[nodiscard]] bool old_enough(const FrameGuardEntry& entry) const noexcept;
  [[nodiscard]] MemorySource& source() const noexcept { return setup_.limited_source->source(); }

  Setup setup_;
  std::size_t header_bytes_;
  bool annotates_;
  FrameGuardTable table_;
  SpinLock lock_;
  ArenaChunk* oldest_ = nullptr;  // kept ones, by ArenaChunk::next
  ArenaChunk* newest_ = nullptr;
  std::atomic<std::size_t> kept_bytes_{0};
};

}  // namespace framealloc::detail
