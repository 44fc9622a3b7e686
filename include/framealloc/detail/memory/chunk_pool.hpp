// SPDX-License-Identifier: MIT OR Apache-2.0
// Equal chunks, aligned to their size, shared by all threads of one allocator.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/decommit.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// Idle chunks are kept for the next request; those that stay idle over several frames go back to
// the source (tick), so memory follows the recent need and not the all-time peak. Idle runs of
// several chunks are kept as well, since a frame that needs one tends to need it again. But what is
// in use and what is idle together never exceed the most that was in use over the last quarter of a
// second, plus a sixteenth of it, or plus 16 chunks where that is more. So blocks of ever-changing
// sizes do not pile up as runs that fit none of them. Before a request is denied, idle memory is
// returned and the request tried once more. Thread contract: any thread; a spin lock guards the
// idle lists, the source is called outside it.
class ChunkPool {
 public:
  // Requirement: `chunk_size` a power of two, at least 4 KiB.
  ChunkPool(LimitedSource& limited_source, std::size_t chunk_size,
            DecommitConfig decommit = {}) noexcept
      : limited_source_(limited_source), chunk_size_(chunk_size), decommit_(decommit) {}
  ~ChunkPool();  // gives the idle chunks back
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;

  [[nodiscard]] std::size_t chunk_size() const noexcept { return chunk_size_; }
  // Result: one chunk, aligned to its size; null when limit or source deny it.
  [[nodiscard]] void* acquire(bool* denied_by_limit = nullptr) noexcept;
  void release(void* chunk) noexcept;
  // Result: a run of whole chunks with at least `bytes`, aligned to the chunk size; `*size` gets
  // its size in bytes, which may be up to an eighth more than needed. Release it with that size.
  [[nodiscard]] void* acquire_run(std::size_t bytes, std::size_t* size,
                                  bool* denied_by_limit = nullptr) noexcept;
  void release_run(void* run, std::size_t size) noexcept;

  // Effect: called by the driving thread at every 8th frame end: decides which idle chunks and runs
  // the policy does not keep, and sheds at most `most` of them. By default, those are the ones not
  // needed for two calls.
  void tick(std::size_t most = 4) noexcept;
  // Result: whether nothing has been idle since the tick before the last one, so tick() and shed()
  // would change nothing. Takes no lock: concurrent changes are seen the next time.
  [[nodiscard]] bool at_rest() const noexcept { return at_rest_.load(std::memory_order_relaxed); }
  // Effect: returns at most `most` of what the last tick() found unneeded to the source. Called at
  // the other frame ends, it spreads the cost of a large surplus. Ends early, but not before the
  // first, when the time budget is used up: the clock is read between releases.
  // Result: false when none is left.
  bool shed(std::size_t most = 4) noexcept;
  // Effect: shed() of `least` and a quarter of the idle memory. Result: as shed().
  bool shed_share(std::size_t least) noexcept;
  // Effect: returns every idle chunk. Result: bytes returned.
  std::size_t trim() noexcept;
  [[nodiscard]] std::size_t idle_bytes() const noexcept;
  [[nodiscard]] const DecommitConfig& decommit() const noexcept { return decommit_; }

 private:
  struct Idle {
    Idle* next;
  };
  struct IdleRun {
    IdleRun* next;
    std::size_t size;
    unsigned ticks;  // since it was released
  };
  // All but the last run under the lock. An idle chunk holds the link to the next: an invalid link
  // was overwritten through a stale pointer into the chunk, and is not followed.
  Idle* next_of(Idle* chunk, std::size_t count) noexcept;
  void drop_broken_runs() noexcept {
    if (run_count_ != 0) check_runs();
  }
  FRAMEALLOC_API void check_runs() noexcept;
  // Result: false when there is nothing that shed() could give back.
  [[nodiscard]] bool may_shed() const noexcept { return surplus_ != 0 || run_count_ != 0; }
  Idle* pop_chunk() noexcept;
  Idle* pop_surplus() noexcept;
  IdleRun* unlink_run(IdleRun** link) noexcept;
  IdleRun* take_fitting_run(std::size_t wanted) noexcept;
  // Effect: so many bytes of runs more are in use. Result: idle runs that are too many now, out of
  // the list, for give_back().
  [[nodiscard]] IdleRun* use_runs(std::size_t bytes) noexcept;
  [[nodiscard]] IdleRun* take_excess_runs() noexcept;
  void give_back(IdleRun* runs) noexcept;
  IdleRun* take_old_run() noexcept;
  void* acquire_from_source(std::size_t size, bool* denied_by_limit) noexcept;

  LimitedSource& limited_source_;
  std::size_t chunk_size_;
  DecommitConfig decommit_;
  mutable SpinLock lock_{};
  std::atomic<bool> at_rest_{true};
  Idle* idle_ = nullptr;
  std::size_t idle_count_ = 0;
  std::size_t low_water_ = 0;       // least idle count since the last tick
  std::size_t low_water_last_ = 0;  // and in the period before
  std::size_t surplus_ = 0;         // idle chunks that the last tick found unneeded
  IdleRun* runs_ = nullptr;
  std::size_t run_count_ = 0;
  std::size_t run_bytes_ = 0;    // of idle ones
  std::size_t runs_in_use_ = 0;  // bytes
  // The most of these in the current window of time and in the one before.
  std::size_t run_peak_ = 0;
  std::size_t run_peak_last_ = 0;
  std::uint64_t run_window_ns_ = 0;  // when the current one began
};

}  // namespace framealloc::detail
