// SPDX-License-Identifier: MIT OR Apache-2.0
// What an arena keeps of its frames, and what other threads read of them.
#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/frame_arena.hpp>

#include "arena/arena_edit.hpp"

namespace framealloc {

using detail::ArenaChunk;
using detail::EndedFrame;
using detail::TagCounters;

namespace {
using detail::kRelaxed;
}

// Requirement: the arena is still in the frame after the fast ones.
void FrameArena::flush_fast_frames() noexcept {
  if (fast_bytes_.get() == 0) return;
  const Edit edit(*this);
  counters_->frame_bytes_total.add(fast_bytes_.get());
  if (fast_peak_.get() > counters_->frame_bytes_peak.get()) {
    counters_->frame_bytes_peak.set(fast_peak_.get());
  }
  const std::uint64_t last_clock = clock() - 2;
  TagCounters::FrameCell& last = counters_->last_frame[first_cell_ / 4];
  last.clock.set(last_clock);
  last.bytes.set(fast_last_.get());
  EndedFrame& record = ended_[(last_clock >> 1) & 1];
  record.clock.store(last_clock, kRelaxed);
  record.bytes.store(fast_last_.get(), kRelaxed);
  record.peak.store(fast_last_.get(), kRelaxed);
  record.waste.store(0, kRelaxed);
  record.fallback.store(0, kRelaxed);
  record.calls.store(0, kRelaxed);
  if (fast_peak_.get() > high_water_.load(kRelaxed)) high_water_.store(fast_peak_.get(), kRelaxed);
  finished_bytes_.add(fast_bytes_.get());
  fast_bytes_.set(0);
  fast_peak_.set(0);
  fast_last_.set(0);
}

// Called inside an Edit, while the arena is still in the frame.
void FrameArena::record_ended(std::size_t held, std::size_t fallback) noexcept {
  const std::uint64_t ending = clock();
  note_scope_peak();
  if (held > peak_.load(kRelaxed)) peak_.store(held, kRelaxed);
  EndedFrame& record = ended_[(ending >> 1) & 1];
  record.clock.store(ending, kRelaxed);
  record.bytes.store(held, kRelaxed);
  record.peak.store(peak_.load(kRelaxed), kRelaxed);
  record.waste.store(waste_.load(kRelaxed), kRelaxed);
  record.fallback.store(fallback, kRelaxed);
  record.calls.store(calls_.get(), kRelaxed);
  if (peak_.load(kRelaxed) > high_water_.load(kRelaxed)) {
    high_water_.store(peak_.load(kRelaxed), kRelaxed);
  }
  finished_bytes_.add(held);
}

void FrameArena::note_scope_peak() noexcept {
  const std::uintptr_t high = scope_high_.load(kRelaxed);
  if (high == 0) return;
  const std::size_t reached = high - origin_.load(kRelaxed);
  if (reached > peak_.load(kRelaxed)) peak_.store(reached, kRelaxed);
  scope_high_.store(0, kRelaxed);
}

detail::ArenaView FrameArena::view() const noexcept {
  detail::ArenaView view;
  std::uint32_t begun;
  do {
    begun = read_begin();
    view.clock = clock_.load(kRelaxed);
    view.position = cursor_.load(kRelaxed) - origin_.load(kRelaxed);
    view.run_start = run_start_.load(kRelaxed);
    view.peak = peak_.load(kRelaxed);
    if (const std::uintptr_t high = scope_high_.load(kRelaxed); high != 0) {
      const std::size_t reached = high - origin_.load(kRelaxed);
      if (reached > view.peak) view.peak = reached;
    }
    view.waste = waste_.load(kRelaxed);
    view.fallback = fallback_bytes_.load(kRelaxed);
    view.calls = calls_.get();
    view.tag = tag();
    view.plain_bytes = fast_bytes_.get();
    view.plain_peak = fast_peak_.get();
    view.plain_last_bytes = fast_last_.get();
    view.plain_last_clock = view.plain_last_bytes == 0 ? 0 : view.clock - 2;
  } while (read_retry(begun));
  if (view.position > view.peak) view.peak = view.position;
  return view;
}

detail::FrameHistory FrameArena::history(std::uint64_t clock) const noexcept {
  detail::FrameHistory history;
  std::uint32_t begun;
  do {
    begun = read_begin();
    history = {};
    const detail::ArenaView now = view();
    history.high_water = high_water_.load(kRelaxed);
    if (now.plain_peak > history.high_water) history.high_water = now.plain_peak;
    const EndedFrame& record = ended_[(clock >> 1) & 1];
    if (now.clock == clock) {
      history.clock = clock;
      history.bytes = now.position;
      history.peak = now.peak;
      history.waste = now.waste;
      history.fallback = now.fallback;
      history.calls = now.calls;
    } else if (now.plain_last_clock == clock && clock != 0) {
      history.clock = clock;
      history.bytes = now.plain_last_bytes;
      history.peak = now.plain_last_bytes;
    } else if (record.clock.load(kRelaxed) == clock) {
      history.clock = clock;
      history.bytes = record.bytes.load(kRelaxed);
      history.peak = record.peak.load(kRelaxed);
      history.waste = record.waste.load(kRelaxed);
      history.fallback = record.fallback.load(kRelaxed);
      history.calls = record.calls.load(kRelaxed);
    }
    if (history.peak > history.high_water) history.high_water = history.peak;
  } while (read_retry(begun));
  return history;
}

bool FrameArena::has_memory_at(const void* address, bool owner,
                               std::size_t chunk_size) const noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  // The cursor stands behind what was handed out, at most at the end of its chunk.
  const std::uintptr_t last = cursor_.load(kRelaxed) - 1;
  if (position() != 0 && (last & (0 - chunk_size)) == (at & (0 - chunk_size))) return true;
  // In a guard mode what an ended frame had is gone, chunk headers included.
  if (!owner || slots_ == nullptr || frame_guard_ != nullptr) return false;
  for (unsigned i = 0; i < slot_count_; ++i) {
    for (const ArenaChunk* c = slots_[i].first; c != nullptr && c->sound(); c = c->next) {
      if (at - reinterpret_cast<std::uintptr_t>(c) < c->bytes) return true;
    }
  }
  return false;
}

}  // namespace framealloc
