// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/memory/chunk_pool.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/os/clock.hpp>
#include <framealloc/text.hpp>

#include <algorithm>
#include <mutex>
#include <new>
#include <utility>

namespace framealloc::detail {
namespace {

// A run that stays idle over this many ticks goes back.
constexpr unsigned kRunTicks = 2;
// More idle runs than this are not kept: looking for one that fits stays short.
constexpr std::size_t kMostIdleRuns = 32;
// Two windows, the current one and the one before, cover at least so long.
constexpr std::uint64_t kRunWindowNs = 250'000'000;
// Idle runs beyond the peak: a share of it, and so many chunks in any case, so that a frame which
// needs a few runs one after the other finds each of them again.
constexpr std::size_t kRunSlackShare = 16;
constexpr std::size_t kRunSlackChunks = 16;

}  // namespace

ChunkPool::~ChunkPool() { trim(); }

// `chunk` is the first of `count`. Result: the second; null, too, when the link is broken.
ChunkPool::Idle* ChunkPool::next_of(Idle* chunk, std::size_t count) noexcept {
  Idle* const next = chunk->next;
  const bool aligned = (reinterpret_cast<std::uintptr_t>(next) & (chunk_size_ - 1)) == 0;
  if (aligned && (next == nullptr) == (count == 1)) [[likely]]
    return next;
  Text<256> message("an idle chunk names ");
  message.append_hex(reinterpret_cast<std::uintptr_t>(next)).append(" as the next of ");
  message.append(count).append(", expected ");
  message.append(count == 1 ? "none" : "the start of a chunk");
  message.append("; somebody writes to memory of a chunk that was given back");
  limited_source_.corruption().note(message, chunk);
  return nullptr;
}

void ChunkPool::check_runs() noexcept {
  std::size_t count = 0;
  std::size_t bytes = 0;
  const IdleRun* run = runs_;
  for (; run != nullptr && count < run_count_; run = run->next) {
    if ((reinterpret_cast<std::uintptr_t>(run) & (chunk_size_ - 1)) != 0) break;
    bytes += run->size;
    ++count;
  }
  if (run == nullptr && count == run_count_ && bytes == run_bytes_) [[likely]]
    return;
  Text<256> message("idle runs of chunks add up to ");
  message.append(bytes).append(" B in ").append(count).append(", expected ");
  message.append(run_bytes_).append(" B in ").append(run_count_);
  message.append("; somebody writes to memory of a chunk that was given back");
  limited_source_.corruption().note(message, runs_);
  runs_ = nullptr;
  run_count_ = run_bytes_ = 0;
}

ChunkPool::Idle* ChunkPool::pop_chunk() noexcept {
  Idle* const chunk = idle_;
  if (chunk == nullptr) return nullptr;
  idle_ = next_of(chunk, idle_count_);
  idle_count_ = idle_ == nullptr ? 0 : idle_count_ - 1;
  if (idle_count_ < low_water_) low_water_ = idle_count_;
  return chunk;
}

void* ChunkPool::acquire(bool* denied_by_limit) noexcept {
  {
    const std::lock_guard guard(lock_);
    if (void* const chunk = pop_chunk()) {
      if (denied_by_limit != nullptr) *denied_by_limit = false;
      return chunk;
    }
  }
  return acquire_from_source(chunk_size_, denied_by_limit);
}

void ChunkPool::release(void* chunk) noexcept {
  if (chunk == nullptr) return;
  const std::lock_guard guard(lock_);
  idle_ = ::new (chunk) Idle{idle_};
  ++idle_count_;
  at_rest_.store(false, std::memory_order_relaxed);
}

void* ChunkPool::acquire_run(std::size_t bytes, std::size_t* size, bool* denied_by_limit) noexcept {
  *size = 0;
  if (denied_by_limit != nullptr) *denied_by_limit = false;
  if (bytes > kMaxRequest) return nullptr;
  const std::size_t wanted = bytes <= chunk_size_ ? chunk_size_ : align_up(bytes, chunk_size_);
  void* run = nullptr;
  std::size_t got = wanted;
  if (wanted == chunk_size_) {
    run = acquire(denied_by_limit);
  } else {
    IdleRun* excess = nullptr;
    {
      const std::lock_guard guard(lock_);
      if (IdleRun* const idle = take_fitting_run(wanted)) {
        got = idle->size;
        run = idle;
      }
      excess = use_runs(got);
    }
    give_back(excess);
    if (run == nullptr) run = acquire_from_source(wanted, denied_by_limit);
    if (run == nullptr) {
      const std::lock_guard guard(lock_);
      runs_in_use_ -= got;
    }
  }
  if (run != nullptr) *size = got;
  return run;
}

void ChunkPool::release_run(void* run, std::size_t size) noexcept {
  if (run == nullptr) return;
  if (size == chunk_size_) return release(run);
  IdleRun* excess = nullptr;
  {
    const std::lock_guard guard(lock_);
    drop_broken_runs();
    runs_in_use_ -= size;
    if (run_count_ < kMostIdleRuns) {
      runs_ = ::new (run) IdleRun{runs_, size, 0};
      ++run_count_;
      run_bytes_ += size;
      at_rest_.store(false, std::memory_order_relaxed);
      run = nullptr;
    }
    excess = use_runs(0);
  }
  give_back(excess);
  limited_source_.release(run, size, chunk_size_);
}

ChunkPool::IdleRun* ChunkPool::use_runs(std::size_t bytes) noexcept {
  runs_in_use_ += bytes;
  const std::uint64_t now = os::now_ns();
  const std::uint64_t age = now - run_window_ns_;
  if (age >= kRunWindowNs) {
    run_peak_last_ = age < 2 * kRunWindowNs ? run_peak_ : runs_in_use_;
    run_peak_ = 0;
    run_window_ns_ = now;
  }
  run_peak_ = std::max(run_peak_, runs_in_use_);
  return decommit_.policy == DecommitPolicy::Never ? nullptr : take_excess_runs();
}

ChunkPool::IdleRun* ChunkPool::take_excess_runs() noexcept {
  const std::size_t peak = std::max(run_peak_, run_peak_last_);
  const std::size_t most =
      peak + std::max(peak / kRunSlackShare, kRunSlackChunks * chunk_size_) - runs_in_use_;
  IdleRun* excess = nullptr;
  while (run_bytes_ > most && runs_ != nullptr) {
    IdleRun** oldest = &runs_;
    while ((*oldest)->next != nullptr) oldest = &(*oldest)->next;
    IdleRun* const run = unlink_run(oldest);
    run->next = excess;
    excess = run;
  }
  return excess;
}

void ChunkPool::give_back(IdleRun* runs) noexcept {
  while (runs != nullptr) {
    IdleRun* const next = runs->next;
    limited_source_.release(runs, runs->size, chunk_size_);
    runs = next;
  }
}

void ChunkPool::tick(std::size_t most) noexcept {
  {
    const std::lock_guard guard(lock_);
    surplus_ = low_water_ < low_water_last_ ? low_water_ : low_water_last_;
    if (decommit_.policy == DecommitPolicy::WhenEmpty) surplus_ = idle_count_;
    low_water_last_ = low_water_;
    low_water_ = idle_count_;
    drop_broken_runs();
    for (IdleRun* run = runs_; run != nullptr; run = run->next) ++run->ticks;
    const bool held = (idle_count_ | low_water_last_ | surplus_ | run_count_) != 0;
    at_rest_.store(!held, std::memory_order_relaxed);
    if (!may_shed()) return;
  }
  shed(most);
}

bool ChunkPool::shed(std::size_t most) noexcept {
  if (decommit_.policy == DecommitPolicy::Never) return false;
  const std::uint64_t start = decommit_.budget_ns == 0 ? 0 : os::now_ns();
  for (bool first = true; most > 0; --most, first = false) {
    if (!first && decommit_.budget_ns != 0 && os::now_ns() - start >= decommit_.budget_ns) {
      return true;
    }
    void* surplus = nullptr;
    std::size_t size = chunk_size_;
    {
      const std::lock_guard guard(lock_);
      if (IdleRun* const run = take_old_run()) {
        surplus = run;
        size = run->size;
      } else {
        surplus = pop_surplus();
      }
    }
    if (surplus == nullptr) return false;
    limited_source_.release(surplus, size, chunk_size_);
  }
  return true;
}

bool ChunkPool::shed_share(std::size_t least) noexcept {
  std::size_t share = 0;
  {
    const std::lock_guard guard(lock_);
    if (!may_shed()) return false;
    share = (idle_count_ + run_bytes_ / chunk_size_) / 4;
  }
  return shed(least + share);
}

std::size_t ChunkPool::trim() noexcept {
  Idle* chunks = nullptr;
  IdleRun* runs = nullptr;
  std::size_t count = 0;
  {
    const std::lock_guard guard(lock_);
    drop_broken_runs();
    count = idle_count_;
    chunks = std::exchange(idle_, nullptr);
    runs = std::exchange(runs_, nullptr);
    idle_count_ = low_water_ = low_water_last_ = surplus_ = 0;
    run_count_ = run_bytes_ = 0;
  }
  std::size_t bytes = 0;
  while (chunks != nullptr) {
    Idle* const next = next_of(chunks, count--);
    limited_source_.release(chunks, chunk_size_, chunk_size_);
    bytes += chunk_size_;
    chunks = next;
  }
  for (const IdleRun* run = runs; run != nullptr; run = run->next) bytes += run->size;
  give_back(runs);
  return bytes;
}

std::size_t ChunkPool::idle_bytes() const noexcept {
  const std::lock_guard guard(lock_);
  return idle_count_ * chunk_size_ + run_bytes_;
}

void* ChunkPool::acquire_from_source(std::size_t size, bool* denied_by_limit) noexcept {
  void* memory = limited_source_.acquire(size, chunk_size_, denied_by_limit);
  // What lies idle here counts against the limit, and may be what the source lacks.
  if (memory == nullptr && trim() != 0) {
    memory = limited_source_.acquire(size, chunk_size_, denied_by_limit);
  }
  return memory;
}

ChunkPool::Idle* ChunkPool::pop_surplus() noexcept {
  if (surplus_ == 0 || idle_ == nullptr) {
    surplus_ = 0;
    return nullptr;
  }
  --surplus_;
  // The chunks that were idle all along are one fewer, in the past period as in this one.
  if (low_water_last_ > 0) --low_water_last_;
  return pop_chunk();
}

ChunkPool::IdleRun* ChunkPool::unlink_run(IdleRun** link) noexcept {
  IdleRun* const run = *link;
  *link = run->next;
  --run_count_;
  run_bytes_ -= run->size;
  return run;
}

ChunkPool::IdleRun* ChunkPool::take_fitting_run(std::size_t wanted) noexcept {
  drop_broken_runs();
  IdleRun** best = nullptr;
  for (IdleRun** link = &runs_; *link != nullptr; link = &(*link)->next) {
    const std::size_t size = (*link)->size;
    // What is more was touched before and stays resident: an eighth can be borne, and the runs of
    // steady use fit exactly anyway.
    if (size < wanted || size - wanted > wanted / 8) continue;
    if (best == nullptr || size < (*best)->size) best = link;
  }
  return best == nullptr ? nullptr : unlink_run(best);
}

ChunkPool::IdleRun* ChunkPool::take_old_run() noexcept {
  drop_broken_runs();
  for (IdleRun** link = &runs_; *link != nullptr; link = &(*link)->next) {
    if ((*link)->ticks > kRunTicks || decommit_.policy == DecommitPolicy::WhenEmpty) {
      return unlink_run(link);
    }
  }
  return nullptr;
}

}  // namespace framealloc::detail
