// SPDX-License-Identifier: MIT OR Apache-2.0
// What an arena does differently in a guard mode. Poison overwrites memory where it would be used
// again; Pages never uses an address twice in a frame and leaves the chunks of a frame behind.
#include <framealloc/detail/arena/frame_guard.hpp>
#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/text.hpp>

#include "arena/arena_edit.hpp"

#include <mutex>
#include <utility>

namespace framealloc {

using detail::ArenaChunk;
using detail::Denial;
using detail::FrameSlot;

namespace {

using detail::kRelaxed;

std::uintptr_t address_of(const void* p) noexcept { return reinterpret_cast<std::uintptr_t>(p); }

}  // namespace

void FrameArena::note_allocation(std::uintptr_t start, std::uintptr_t end,
                                 const CallSite& site) noexcept {
  frame_guard_->note(chunk_, start, end - start, tag(), site);
}

bool FrameArena::go_inside(std::uint64_t clock) noexcept {
  FrameSlot& slot = slot_of(clock);
  const std::lock_guard guard(frame_guard_->lock());
  if (slot.poisoned == clock) return false;
  ++slot.inside;
  return true;
}

void FrameArena::come_out(std::uint64_t clock) noexcept {
  FrameSlot& slot = slot_of(clock);
  {
    const std::lock_guard guard(frame_guard_->lock());
    if (slot.inside != 0) --slot.inside;
    if (slot.inside != 0 || slot.left_to_owner != clock) return;
  }
  release_frame(clock, true);
}

bool FrameArena::advance_to_fresh_chunk(std::size_t room, Denial* why) noexcept {
  leave_fast_path();
  const std::size_t header = frame_guard_->header_bytes() - ArenaChunk::kHeaderBytes;
  ArenaChunk* next = host_->acquire_chunk(room + header, why);
  if (next == nullptr && frame_guard_->expire(true) != 0)
    next = host_->acquire_chunk(room + header, why);
  if (next == nullptr) return false;
  frame_guard_->open(next, clock(), *frame_clock_);
  FrameSlot& slot = this->slot();
  next->next = nullptr;
  (slot.first == nullptr ? slot.first : slot.deepest->next) = next;
  slot.deepest = next;
  chunk_bytes_.store(chunk_bytes() + next->bytes, kRelaxed);
  step_into(next);
  return true;
}

// Poison: how far the chunk was handed out, for when its frame ends.
void FrameArena::leave_chunk() noexcept {
  if (chunk_ == nullptr) return;
  const std::size_t used = cursor_.load(kRelaxed) - address_of(chunk_->begin());
  if (used > chunk_->used) chunk_->used = used;
}

// Any thread, once for each frame. Ending a frame never takes the chunks of another thread away,
// it only makes their memory unusable: that thread may rest with its arena in the frame for long
// and look at its chunk when it wakes up. Result: false when destructors were added since.
bool FrameArena::poison_slot(FrameSlot& slot, std::uint64_t clock, bool owner) noexcept {
  {
    const std::lock_guard guard(frame_guard_->lock());
    if (slot.poisoned == clock) return true;
    if (!owner && slot.inside != 0) {
      slot.left_to_owner = clock;
      return true;
    }
    if (slot.finalizers.load(kRelaxed) != nullptr) return false;
    slot.poisoned = clock;  // from here on the list of chunks stands still
    if (!frame_guard_->pages() && this->clock() == clock) leave_chunk();
  }
  for (ArenaChunk* c = slot.first; c != nullptr && c->sound(); c = c->next) {
    if (frame_guard_->pages()) {
      frame_guard_->close_off(c);
    } else {
      const std::uintptr_t begin = address_of(c->begin());
      frame_guard_->forbid(c, begin, begin + c->used);
    }
  }
  return true;
}

// Pages: the arena's thread goes on to another frame, and needs the chunks of this one no more.
void FrameArena::part_with_chunks(FrameSlot& slot) noexcept {
  std::size_t bytes = 0;
  for (ArenaChunk** link = &slot.first; detail::leads_on(*link, *host_); link = &(*link)->next) {
    bytes += (*link)->bytes;
  }
  chunk_bytes_.store(chunk_bytes() - bytes, kRelaxed);
  ArenaChunk* const first = std::exchange(slot.first, nullptr);
  slot.deepest = nullptr;
  frame_guard_->keep(first);
}

// Poison: before memory of an earlier frame is used again.
void FrameArena::check_poison(FrameSlot& slot) noexcept {
  for (ArenaChunk* c = slot.first; c != nullptr && c->sound(); c = c->next) {
    // A tool that forbids the memory needs no pattern, and would object to the look at it.
    const std::byte* const changed =
        frame_guard_->annotates() ? nullptr : frame_guard_->find_change(c->begin(), c->used);
    c->used = 0;
    if (changed == nullptr) continue;
    Text<160> message("frame memory of frame ");
    message.append(slot.clock.load(kRelaxed) >> 1).append(" was written after its frame ended, ");
    message.append(static_cast<std::size_t>(changed - c->begin()));
    message.append(" bytes into its chunk; the guard mode Pages names the allocation");
    host_->report(Code::FA002, message, tag(), 0, 0);
  }
}

void FrameArena::poison_rewound(const FrameCheckpoint& to) noexcept {
  ArenaChunk* chunk = to.chunk_ != nullptr ? to.chunk_ : slot().first;
  for (; chunk != nullptr && chunk->sound(); chunk = chunk->next) {
    const std::uintptr_t begin =
        chunk == to.chunk_ ? address_of(to.cursor_) : address_of(chunk->begin());
    const std::uintptr_t end =
        chunk == chunk_ ? cursor_.load(kRelaxed)
                        : (frame_guard_->pages() ? address_of(chunk->end())
                                                 : address_of(chunk->begin()) + chunk->used);
    frame_guard_->forbid(chunk, begin, end);
    if (!frame_guard_->pages()) chunk->used = 0;
    if (chunk == chunk_) break;
  }
}

// Pages: the arena goes back in position, and on in address.
void FrameArena::resume_after(const FrameCheckpoint& to) noexcept {
  if (chunk_ == nullptr) return enter_chunk(nullptr, kGranule, 0);
  std::uintptr_t fresh = align_up(cursor_.load(kRelaxed), frame_guard_->header_bytes());
  if (fresh > chunk_end()) fresh = chunk_end();
  // Nothing was handed out since the checkpoint: there is nothing to stay away from.
  if (chunk_ == to.chunk_ && cursor_.load(kRelaxed) == address_of(to.cursor_)) {
    fresh = address_of(to.cursor_);
  }
  enter_chunk(chunk_, fresh, to.position_);
}

// Pages: what is allocated from here on has pages to itself, so that a rewind to here makes all of
// it inaccessible. Denied memory is no matter: what shares a page is then poisoned and not
// forbidden.
void FrameArena::pad_to_page() noexcept {
  if (chunk_ == nullptr) return;
  const std::uintptr_t cursor = cursor_.load(kRelaxed);
  const std::size_t padding = align_up(cursor, frame_guard_->header_bytes()) - cursor;
  if (padding == 0 || padding > chunk_end() - cursor) return;
  if (padding > capacity_left() || position() + padding > thread_budget_mark_) return;
  if (position() + padding > quota()) {
    Denial why;
    if (!extend_quota(position() + padding, &why)) return;
    if (cursor_.load(kRelaxed) != cursor || position() + padding > quota()) return;
  }
  cursor_.store(cursor + padding, kRelaxed);
}

}  // namespace framealloc
