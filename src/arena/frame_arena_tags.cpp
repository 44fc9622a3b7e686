// SPDX-License-Identifier: MIT OR Apache-2.0
// Whose bytes they are: runs of the cursor between changes of the tag, and what budgets charged.
#include <framealloc/frame_arena.hpp>

#include <framealloc/detail/account/ledger.hpp>
#include <framealloc/detail/base/relaxed.hpp>

#include "arena/arena_edit.hpp"
#include "arena/tag_peak.hpp"

namespace framealloc {

using detail::Charge;
using detail::FrameSlot;
using detail::TagCounters;
using detail::TagRun;

namespace {
using detail::kRelaxed;
}

void FrameArena::set_tag(TagId tag) noexcept {
  if (tag == this->tag()) return;
  TagCounters& counters = ledger_->at(tag);
  if (clock() != 0) {
    flush_fast_frames();
    settle();
    if (windows_filled_ != 0) close_windows();  // a burst's next call is under the new tag
  }
  if (budgeted_ && clock() != 0) return_unused_quota();
  const Edit edit(*this);
  if (clock() != 0) flush_run(position());
  counters_ = &counters;
  tag_.store(static_cast<std::uint16_t>(tag), kRelaxed);
}

// Called inside an Edit.
void FrameArena::flush_run(std::size_t position) noexcept {
  if (const std::uintptr_t high = scope_high_.load(kRelaxed); high != 0) {
    // Scopes of this run have gone higher.
    const std::size_t reached = high - origin_.load(kRelaxed);
    const std::size_t from = run_start_.load(kRelaxed);
    if (reached > from) detail::note_tag_peak(*counters_, cell(), clock(), reached - from);
    note_scope_peak();
  }
  const std::size_t start = run_start_.load(kRelaxed);
  if (position == start) return;
  run_start_.store(position, kRelaxed);
  const TagId tag = this->tag();
  if (!runs_->empty() && runs_->back().tag == tag && runs_->back().end == start) {
    runs_->back().end = position;
  } else if (tag != TagId::Untagged && !runs_->push_back(TagRun{start, position, tag})) {
    // No memory to remember whose these are: what no run covers counts as untagged, everywhere.
    count_bytes(ledger_->at(TagId::Untagged), position - start);
    return;
  }
  count_bytes(*counters_, position - start);
}

void FrameArena::count_bytes(TagCounters& counters, std::size_t bytes) noexcept {
  TagCounters::FrameCell& cell = counters.frames[this->cell()];
  TagCounters::FrameCell& last = counters.last_frame[first_cell_ / 4];
  if (cell.clock.get() != clock()) {
    if (cell.clock.get() > last.clock.get()) {
      last.clock.set(cell.clock.get());
      last.bytes.set(cell.bytes.get());
    }
    cell.bytes.set(0);
    cell.clock.set(clock());
  }
  cell.bytes.add(bytes);
  counters.frame_bytes_total.add(bytes);
  if (cell.bytes.get() > counters.frame_bytes_peak.get()) {
    counters.frame_bytes_peak.set(cell.bytes.get());
  }
}

void FrameArena::uncount_bytes(TagId tag, std::size_t bytes) noexcept {
  ledger_->at(tag).frames[cell()].bytes.sub(bytes);
  if (budgeted_) return_charge(tag, bytes);
}

// Called inside an Edit, with nothing left to flush.
void FrameArena::unwind_runs(std::size_t position) noexcept {
  std::size_t top = run_start_.load(kRelaxed);
  while (top > position) {
    TagRun* run = runs_->empty() ? nullptr : &runs_->back();
    if (run == nullptr || run->end < top) {
      // A stretch that no run covers is untagged.
      const std::size_t floor = run == nullptr || run->end < position ? position : run->end;
      uncount_bytes(TagId::Untagged, top - floor);
      top = floor;
      continue;
    }
    const std::size_t floor = run->start < position ? position : run->start;
    uncount_bytes(run->tag, top - floor);
    top = floor;
    if (run->start < position) {
      run->end = position;
    } else {
      runs_->pop_back();
    }
  }
}

bool FrameArena::record_charge(TagId tag, std::size_t bytes) noexcept {
  FrameSlot& slot = this->slot();
  const std::lock_guard lock(slot.charges_lock);
  for (std::size_t i = 0; i < slot.charges.size(); ++i) {
    if (slot.charges[i].tag != tag) continue;
    slot.charges[i].bytes += bytes;
    return true;
  }
  return slot.charges.push_back(Charge{bytes, tag});
}

void FrameArena::return_charge(TagId tag, std::size_t bytes) noexcept {
  FrameSlot& slot = this->slot();
  const std::lock_guard lock(slot.charges_lock);
  for (std::size_t i = 0; i < slot.charges.size(); ++i) {
    Charge& charge = slot.charges[i];
    if (charge.tag != tag) continue;
    const std::size_t back = bytes < charge.bytes ? bytes : charge.bytes;
    charge.bytes -= back;
    host_->uncharge(tag, back);
    return;
  }
}

void FrameArena::return_charges(FrameSlot& slot) noexcept {
  const std::lock_guard lock(slot.charges_lock);
  for (std::size_t i = 0; i < slot.charges.size(); ++i) {
    host_->uncharge(slot.charges[i].tag, slot.charges[i].bytes);
  }
  slot.charges.clear();
}

void FrameArena::return_unused_quota() noexcept {
  const std::size_t here = position();
  if (quota() == SIZE_MAX || quota() <= here) return;
  return_charge(tag(), quota() - here);
  quota_.store(here, kRelaxed);
  publish_limit();
}

std::size_t FrameArena::quota() const noexcept { return quota_.load(kRelaxed); }

std::size_t FrameArena::charged_ahead() const noexcept {
  const std::size_t quota = this->quota();
  const std::size_t here = position();
  return quota == SIZE_MAX || clock() == 0 || quota < here ? 0 : quota - here;
}

// Nothing while a charge is being asked for: it has been reckoned from what there is.
void FrameArena::give_quota_back() noexcept {
  if (budgeted_ && clock() != 0 && !charging_) return_unused_quota();
}

void FrameArena::recall_quota() noexcept {
  recalled_.store(true, std::memory_order_seq_cst);
  close();
}

void FrameArena::answer_recall() noexcept {
  // Acquire: the limit that was set before the recall is the one that is asked next.
  if (!recalled_.load(std::memory_order_acquire) || charging_) [[likely]]
    return;
  recalled_.store(false, kRelaxed);
  modest_ = true;  // or the next charge would take as much again
  give_quota_back();
}

std::size_t FrameArena::quota_left(const detail::ArenaView& here) const noexcept {
  const std::size_t quota = this->quota();
  return here.clock == 0 || quota == SIZE_MAX || quota <= here.position ? 0 : quota - here.position;
}

}  // namespace framealloc
