// SPDX-License-Identifier: MIT OR Apache-2.0
// How an arena enters and leaves frames, and keeps the chunks that its recent frames needed.
#include <framealloc/detail/account/ledger.hpp>
#include <framealloc/detail/arena/frame_guard.hpp>
#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/text.hpp>

#include "arena/arena_edit.hpp"

#include <new>
#include <utility>

namespace framealloc {

using detail::ArenaChunk;
using detail::FrameSlot;

namespace {
using detail::kRelaxed;
// A chunk that none of the last 10 to 20 frames reached is given back.
constexpr unsigned kWindowFrames = 10;
}  // namespace

void detail::give_up(ArenaChunk*& link, ArenaHost& host) noexcept {
  Text<192> message("the header of a chunk of frame memory has been written over: it holds ");
  message.append_hex(static_cast<std::size_t>(link->seal)).append(", expected ");
  message.append_hex(static_cast<std::size_t>(ArenaChunk::kSeal));
  message.append("; the chunk is not used any more");
  host.note_corruption(message, link);
  link = nullptr;
}

bool FrameArena::set_up(const Setup& setup) noexcept {
  using Runs = detail::MetaVector<detail::TagRun>;
  using Marks = detail::MetaVector<detail::RewindMark>;
  using Scopes = detail::MetaVector<FrameCheckpoint>;
  auto* slots = static_cast<FrameSlot*>(setup.metadata->allocate(sizeof(FrameSlot) * setup.slots));
  auto* runs = setup.metadata->create<Runs>(*setup.metadata);
  auto* marks = setup.metadata->create<Marks>(*setup.metadata);
  auto* scopes = setup.metadata->create<Scopes>(*setup.metadata);
  if (slots == nullptr || runs == nullptr || marks == nullptr || scopes == nullptr) {
    setup.metadata->deallocate(slots, sizeof(FrameSlot) * setup.slots);
    setup.metadata->destroy(runs);
    setup.metadata->destroy(marks);
    setup.metadata->destroy(scopes);
    return false;
  }
  for (unsigned i = 0; i < setup.slots; ++i) {
    ::new (slots + i) FrameSlot(*setup.metadata);
    slots[i].arena = this;
  }
  host_ = setup.host;
  metadata_ = setup.metadata;
  ledger_ = setup.ledger;
  modes_ = setup.modes;
  frame_guard_ = setup.frame_guard;
  frame_clock_ = setup.frame_clock;
  overflow_ = setup.overflow;
  configured_capacity_ = setup.overflow == FrameOverflow::Grow ? SIZE_MAX : setup.capacity;
  capacity_ = configured_capacity_;
  slot_count_ = setup.slots;
  first_cell_ = setup.first_cell;
  slots_ = slots;
  runs_ = runs;
  marks_ = marks;
  scopes_ = scopes;
  budgeted_ = host_->has_budgets();
  counters_ = &ledger_->at(TagId::Untagged);
  return true;
}

void FrameArena::tear_down() noexcept {
  if (host_ == nullptr) return;
  close();
  for (unsigned i = 0; i < slot_count_; ++i) free_fallback(slots_[i], 0, true);
  release_chunks();
  for (unsigned i = 0; i < slot_count_; ++i) slots_[i].~FrameSlot();
  metadata_->deallocate(slots_, sizeof(FrameSlot) * slot_count_);
  for (detail::BurstWindow* w = windows_.load(kRelaxed); w != nullptr;) {
    metadata_->destroy(std::exchange(w, w->next));
  }
  windows_.store(nullptr, kRelaxed);
  metadata_->destroy(runs_);
  metadata_->destroy(marks_);
  metadata_->destroy(scopes_);
  scopes_ = nullptr;
  slots_ = nullptr;
  host_ = nullptr;
}

void FrameArena::enter(std::uint64_t clock) noexcept {
  if (this->clock() != 0) finish();
  FrameSlot& slot = slot_of(clock);
  const Inside inside(*this, clock);
  const std::uint64_t leaving = slot.clock.load(kRelaxed);
  if (leaving != 0) {
    release_frame(leaving, true);
    if (frame_guard_ != nullptr && frame_guard_->pages()) part_with_chunks(slot);
    if (frame_guard_ != nullptr && !frame_guard_->pages()) check_poison(slot);
    if (detail::leads_on(slot.first, *host_) && slot.first->next != nullptr) trim_slot(slot);
  }
  if (budgeted_ != host_->has_budgets()) budgeted_ = !budgeted_;
  calls_total_.add(calls_.get());
  runs_->clear();
  marks_->clear();
  scopes_->clear();
  highest_checkpoint_ = 0;
  forgotten_rewinds_ = 0;
  fallback_peak_ = 0;
  slot.deepest = nullptr;

  const Edit edit(*this);
  calls_.set(0);
  slot.bytes.store(0, kRelaxed);
  // Before the clock is looked at again: either the thread that ends the frame finds the slot in
  // it, or this one finds the frame over, and what comes from here on is its own to release.
  slot.clock.store(clock, std::memory_order_seq_cst);
  clock_.store(clock, kRelaxed);
  run_start_.store(0, kRelaxed);
  peak_.store(0, kRelaxed);
  scope_high_.store(0, kRelaxed);
  waste_.store(0, kRelaxed);
  fallback_bytes_.store(0, kRelaxed);
  quota_.store(budgeted_ ? 0 : SIZE_MAX, kRelaxed);
  modest_ = false;
  thread_budget_mark_ = host_->first_thread_budget_mark();
  enter_start(slot);
  publish_limit();
  find_path();
  rewinds_at_enter_ = rewinds_;
  order_at_enter_ = order_;
}

std::size_t FrameArena::cell() const noexcept { return first_cell_ + (clock() >> 1) % slot_count_; }

// Requirement: nothing has happened in the frame yet.
void FrameArena::find_path() noexcept {
  const bool settled = frame_guard_ == nullptr && slot_count_ == 1 && capacity_ == SIZE_MAX &&
                       thread_budget_mark_ == SIZE_MAX && chunk_ != nullptr;
  const FramePath bumped = budgeted_ ? FramePath::BumpedCharged : FramePath::BumpedOnly;
  // Spare chunks are looked at on the way out of line, so that they are given back in time.
  pace_.path = !settled                  ? FramePath::General
               : chunk_->next != nullptr ? FramePath::Settled
                                         : bumped;
  scope_key_ = settled && !budgeted_ ? clock() : 0;
  fast_end_ = budgeted_ ? cursor_.load(kRelaxed) : chunk_end();  // the first call charges
}

// Effect: something has happened that the inline way through the boundary does not look after, and
// the short one does.
void FrameArena::settle() noexcept {
  if (pace_.path == FramePath::Windowed) return leave_fast_path();
  if (pace_.path > FramePath::Settled) {
    pace_.path = FramePath::Settled;
    slot().clock.store(clock(), kRelaxed);  // fast frames leave it behind
  }
  renew_scope_key();
}

// The key is the frame's clock, and above it a count; when that is used up, scopes are listed.
void FrameArena::renew_scope_key() noexcept {
  if (scope_key_ == 0) return;
  scope_key_ += std::uint64_t{1} << kScopeClockBits;
  if (scope_key_ >= detail::ScopeStart::kListed) scope_key_ = 0;
}

void FrameArena::reenter_settled(std::uint64_t clock) noexcept {
  FrameSlot& slot = this->slot();
  if (bumped_charged()) {
    slot.clock.store(clock, kRelaxed);  // another thread may end the frame
    restart(clock);
    scope_key_ = 0;
    return;
  }
  flush_fast_frames();
  if (detail::leads_on(slot.first, *host_) && slot.first->next != nullptr) trim_slot(slot);
  slot.deepest = nullptr;
  {
    const Edit edit(*this);
    const std::size_t held = position();
    flush_run(held);
    record_ended(held, 0);
    runs_->clear();
    calls_total_.add(calls_.get());
    calls_.set(0);
    slot.clock.store(clock, kRelaxed);
    clock_.store(clock, kRelaxed);
    run_start_.store(0, kRelaxed);
    peak_.store(0, kRelaxed);
    scope_high_.store(0, kRelaxed);
    waste_.store(0, kRelaxed);
    enter_start(slot);
  }
  find_path();
  limit_.store(fast_end_, kRelaxed);
}

void FrameArena::leave_settled() noexcept {
  limit_.store(0, std::memory_order_relaxed);  // no burst has a window
  if (!budgeted_) return;
  return_charges(slot());
  quota_.store(0, kRelaxed);
  modest_ = false;
}

// A run is left for the large request that it was made for.
void FrameArena::enter_start(FrameSlot& slot) noexcept {
  ArenaChunk* chunk = detail::leads_on(slot.first, *host_) ? slot.first : nullptr;
  if (chunk == nullptr || chunk->run) return enter_chunk(nullptr, kGranule, 0);
  chunk->depth = 0;
  chunk->start_position = 0;
  chunk->start_waste = 0;
  chunk->used = 0;
  if (slot.deepest == nullptr) slot.deepest = chunk;
  enter_chunk(chunk, reinterpret_cast<std::uintptr_t>(chunk->begin()), 0);
}

// The frame ends as far as it can be told where it came to.
void FrameArena::leave_broken_chunk() noexcept {
  std::size_t reached = position();
  if (ArenaChunk* broken = chunk_; broken->sound()) {
    Text<192> message("the cursor of an arena stands at ");
    message.append_hex(cursor_.load(kRelaxed)).append(", expected between ");
    message.append_hex(reinterpret_cast<std::uintptr_t>(broken->begin())).append(" and ");
    message.append_hex(chunk_end()).append(", where its chunk lies");
    host_->note_corruption(message, broken);
    reached = run_start_.load(kRelaxed);  // what the ledger has
  } else {
    detail::give_up(broken, *host_);
  }
  const Edit edit(*this);
  enter_chunk(nullptr, kGranule, reached);
}

void FrameArena::finish() noexcept {
  const std::uint64_t ending = clock();
  if (ending == 0) return;
  flush_fast_frames();
  leave_fast_path();
  forget_windows(0);
  if (chunk_ != nullptr && !chunk_->holds(cursor_.load(kRelaxed))) [[unlikely]]
    leave_broken_chunk();
  const std::size_t held = position();
  const std::size_t fallback = fallback_bytes_.load(kRelaxed);
  if (fallback_peak_ != 0) {
    // The next frame starts large enough: what was needed, and a quarter on top.
    const std::size_t wanted = fallback_peak_ + fallback_peak_ / 4;
    if (wanted > capacity_) capacity_ = align_up(wanted, kGranule);
  }
  if (budgeted_) return_unused_quota();
  const Inside inside(*this);  // until the arena is in no frame
  if (frame_guard_ != nullptr && !frame_guard_->pages() && inside) leave_chunk();
  const Edit edit(*this);
  limit_.store(0, kRelaxed);
  flush_run(held);
  slot_of(ending).bytes.store(held, kRelaxed);
  record_ended(held, fallback);
  origin_.store(cursor_.load(kRelaxed), kRelaxed);
  run_start_.store(0, kRelaxed);
  clock_.store(0, kRelaxed);
}

void FrameArena::release_frame(std::uint64_t clock, bool owner) noexcept {
  FrameSlot& slot = slot_of(clock);
  if (slot.clock.load(kRelaxed) != clock) return;
  slot.in_release.fetch_add(1, kRelaxed);
  do {
    if (slot.finalizers.load(kRelaxed) != nullptr) run_finalizers(slot, 0);
  } while (frame_guard_ != nullptr && !poison_slot(slot, clock, owner));
  if (slot.fallback.load(kRelaxed) != nullptr) free_fallback(slot, 0, owner);
  if (budgeted_) return_charges(slot);
  slot.in_release.fetch_sub(1, std::memory_order_release);
}

void FrameArena::adopt_first_chunk(ArenaChunk* chunk) noexcept {
  FrameSlot& slot = this->slot();
  chunk->pinned = true;
  chunk->next = slot.first;
  slot.first = chunk;
  slot.deepest = chunk;
  chunk_bytes_.store(chunk_bytes() + chunk->bytes, kRelaxed);
  const Edit edit(*this);
  chunk->depth = 0;
  chunk->start_position = 0;
  chunk->start_waste = 0;
  enter_chunk(chunk, reinterpret_cast<std::uintptr_t>(chunk->begin()), 0);
  publish_limit();
  find_path();
}

void FrameArena::trim_slot(FrameSlot& slot) noexcept {
  std::size_t needed = 0;
  ArenaChunk** at = &slot.first;
  for (; slot.deepest != nullptr && detail::leads_on(*at, *host_); at = &(*at)->next) {
    needed += (*at)->bytes;
    if (*at == slot.deepest) break;
  }
  if (needed > slot.needed_now) slot.needed_now = needed;
  if (++slot.window_frames < kWindowFrames / slot_count_)
    return;  // each slot sees one frame in so many
  std::size_t keep = slot.needed_now > slot.needed_before ? slot.needed_now : slot.needed_before;
  slot.needed_before = slot.needed_now;
  slot.needed_now = 0;
  slot.window_frames = 0;
  ArenaChunk** link = &slot.first;
  while (detail::leads_on(*link, *host_)) {
    ArenaChunk* const c = *link;
    if (c->pinned || keep >= c->bytes) {
      keep -= keep < c->bytes ? keep : c->bytes;
      link = &c->next;
      continue;
    }
    keep = 0;
    *link = c->next;
    chunk_bytes_.store(chunk_bytes() - c->bytes, kRelaxed);
    if (frame_guard_ != nullptr) frame_guard_->close(c);
    host_->release_chunk(c);
  }
}

void FrameArena::release_chunks() noexcept {
  if (host_ == nullptr) return;
  leave_fast_path();
  forget_windows(0);
  for (unsigned i = 0; i < slot_count_; ++i) {
    FrameSlot& slot = slots_[i];
    if (frame_guard_ != nullptr && frame_guard_->pages()) part_with_chunks(slot);
    while (detail::leads_on(slot.first, *host_)) {
      ArenaChunk* const c = slot.first;
      slot.first = c->next;
      if (frame_guard_ != nullptr) frame_guard_->close(c);
      host_->release_chunk(c);
    }
    slot.deepest = nullptr;
  }
  const Edit edit(*this);
  chunk_bytes_.store(0, kRelaxed);
  clock_.store(0, kRelaxed);
  enter_chunk(nullptr, kGranule, 0);
}

}  // namespace framealloc
