// SPDX-License-Identifier: MIT OR Apache-2.0
// Going back inside a frame: checkpoints, destructors owed, the newest allocation's tail.
#include <framealloc/detail/arena/frame_guard.hpp>
#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/frame_arena.hpp>

#include "arena/arena_edit.hpp"
#include "arena/tag_peak.hpp"

#include <mutex>

namespace framealloc {

using detail::FallbackBlock;
using detail::Finalizer;
using detail::FrameSlot;
using detail::ScopeStart;

namespace {
using detail::kRelaxed;
}

// Requirement: the arena is in a frame.
FrameCheckpoint FrameArena::here() const noexcept {
  FrameCheckpoint here;
  here.arena_ = const_cast<FrameArena*>(this);
  here.chunk_ = chunk_;
  here.cursor_ = reinterpret_cast<std::byte*>(cursor_.load(kRelaxed));
  here.position_ = position();
  here.clock_ = clock();
  here.serial_ = rewinds_;
  here.order_ = order_;
  return here;
}

FrameCheckpoint FrameArena::checkpoint() noexcept {
  if (host_ == nullptr || !host_->enter_frame(*this)) return {};
  leave_fast_path();
  if (frame_guard_ != nullptr && frame_guard_->pages()) pad_to_page();
  if (position() > highest_checkpoint_) highest_checkpoint_ = position();
  return here();
}

FrameCheckpoint FrameArena::open_scope() noexcept {
  if (host_ == nullptr || !host_->enter_frame(*this)) return {};
  leave_fast_path();
  if (frame_guard_ != nullptr && frame_guard_->pages()) pad_to_page();
  FrameCheckpoint scope = here();
  scope.depth_ = scopes_->size();
  scope.scope_ = ++scope_serial_;
  if (scopes_->push_back(scope)) return scope;
  // No memory to list it: as a checkpoint that is kept.
  scope.scope_ = 0;
  if (scope.position_ > highest_checkpoint_) highest_checkpoint_ = scope.position_;
  return scope;
}

void FrameArena::close_scope(const FrameCheckpoint& scope, bool keep) noexcept {
  if (!keep) {
    rewind(scope);
  } else if (host_ == nullptr || !host_->is_of_this_thread()) {
    return;
  }
  if (scope.scope_ == 0 || !host_->is_of_this_thread() || !lists(scope)) return;
  (*scopes_)[scope.depth_].scope_ = 0;  // it may have ended before one inside it
  while (!scopes_->empty() && scopes_->back().scope_ == 0) scopes_->pop_back();
}

FrameCheckpoint FrameArena::checkpoint_of(const FrameCheckpoint& scope) noexcept {
  FrameCheckpoint kept = scope;
  if (scope.scope_ == 0 || !host_->is_of_this_thread()) return kept;
  if (lists(scope)) {
    kept.serial_ = rewinds_;  // no rewind went below it so far
    if (kept.position_ > highest_checkpoint_) highest_checkpoint_ = kept.position_;
  } else {
    kept.arena_ = nullptr;
  }
  kept.scope_ = 0;
  return kept;
}

bool FrameArena::lists(const FrameCheckpoint& scope) const noexcept {
  return scope.depth_ < scopes_->size() && (*scopes_)[scope.depth_].scope_ == scope.scope_;
}

bool FrameArena::checkpoint_is_valid(const FrameCheckpoint& to) const noexcept {
  if (to.arena_ != this || to.clock_ == 0 || to.clock_ != clock()) return false;
  if (!host_->frame_is_open(*this) || to.position_ > position()) return false;
  if (to.scope_ != 0) return lists(to);
  if (to.serial_ < forgotten_rewinds_) return false;
  // A rewind below the checkpoint that happened after it was taken makes it stale. Marks rise in
  // serial and position, so the first one that is newer than the checkpoint is the lowest.
  std::size_t first = 0;
  for (std::size_t end = marks_->size(); first < end;) {
    const std::size_t middle = first + (end - first) / 2;
    if ((*marks_)[middle].serial > to.serial_) {
      end = middle;
    } else {
      first = middle + 1;
    }
  }
  return first == marks_->size() || (*marks_)[first].position >= to.position_;
}

ScopeStart FrameArena::begin_scope() noexcept {
  // Often the frame is only new to the arena, and plain once entered.
  if (host_ != nullptr && host_->enter_frame(*this) && scopes_are_quick()) {
    return {cursor_.load(kRelaxed), scope_key_};
  }
  // One that cannot be listed for want of memory keeps what is allocated in it until the frame
  // ends.
  const FrameCheckpoint scope = open_scope();
  return {scope.depth_, ScopeStart::kListed | scope.scope_};
}

void FrameArena::end_scope(std::uintptr_t cursor, std::uint64_t key) noexcept {
  if (host_ == nullptr || refuse_thread("a scope ends on another thread; nothing was freed"))
    return;
  if ((key & ScopeStart::kListed) == 0) {
    if (((key ^ clock()) << (64 - kScopeClockBits)) != 0) return;  // of another frame
    rewind(checkpoint_while_quick(cursor));
    return;
  }
  FrameCheckpoint listed;
  listed.depth_ = cursor;
  listed.scope_ = key & ~ScopeStart::kListed;
  if (listed.scope_ == 0 || !lists(listed)) return;
  listed = (*scopes_)[listed.depth_];
  close_scope(listed, false);
}

// A checkpoint as it would have been taken while scopes were quick: then there was no checkpoint
// and nothing owed.
FrameCheckpoint FrameArena::checkpoint_while_quick(std::uintptr_t cursor) noexcept {
  detail::ArenaChunk* chunk = slot().first;
  while (chunk != nullptr && chunk->sound() && !chunk->holds(cursor)) chunk = chunk->next;
  if (chunk == nullptr || !chunk->sound()) return {};
  FrameCheckpoint then;
  then.arena_ = this;
  then.chunk_ = chunk;
  then.cursor_ = reinterpret_cast<std::byte*>(cursor);
  then.position_ =
      chunk->start_position + (cursor - reinterpret_cast<std::uintptr_t>(chunk->begin()));
  then.clock_ = clock();
  then.serial_ = rewinds_at_enter_;
  then.order_ = order_at_enter_;
  return then;
}

void FrameArena::note_rewind(std::size_t position) noexcept {
  while (!scopes_->empty() && scopes_->back().position_ > position) scopes_->pop_back();
  if (highest_checkpoint_ <= position) return;  // no checkpoint can be above it
  highest_checkpoint_ = position;
  ++rewinds_;
  while (!marks_->empty() && marks_->back().position >= position) marks_->pop_back();
  if (marks_->push_back({rewinds_, position})) return;
  forgotten_rewinds_ = rewinds_;  // every checkpoint until now is refused
}

// Nothing is touched then: the arena's thread may be allocating.
bool FrameArena::refuse_thread(const char* what) noexcept {
  if (host_ == nullptr || host_->is_of_this_thread()) return false;
  host_->report(Code::FA210, what, tag(), 0, 0);
  return true;
}

bool FrameArena::rewind(const FrameCheckpoint& to) noexcept {
  if (refuse_thread("an arena is rewound on another thread than its own; nothing was freed")) {
    return false;
  }
  if (!checkpoint_is_valid(to)) return false;
  const Inside inside(*this);
  if (!inside) return false;
  if (settled() && !budgeted_) {
    settle();
  } else {
    leave_fast_path();
  }
  FrameSlot& slot = this->slot();
  rewound_.increment();  // before destructors look at epoch()
  if (slot.finalizers.load(kRelaxed) != nullptr) run_finalizers(slot, to.order_);
  if (slot.fallback.load(kRelaxed) != nullptr) free_fallback(slot, to.order_, true);
  forget_windows(to.position_);
  const std::size_t here = position();
  if (budgeted_) return_unused_quota();
  if (frame_guard_ != nullptr) poison_rewound(to);
  {
    const Edit edit(*this);
    if (here > peak_.load(kRelaxed)) peak_.store(here, kRelaxed);
    rewound_bytes_.add(here - to.position_);
    flush_run(here);
    unwind_runs(to.position_);
    run_start_.store(to.position_, kRelaxed);
    if (frame_guard_ != nullptr && frame_guard_->pages()) {
      resume_after(to);
    } else if (to.chunk_ == nullptr) {
      waste_.store(0, kRelaxed);
      enter_start(slot);
    } else {
      waste_.store(to.chunk_->start_waste, kRelaxed);
      enter_chunk(to.chunk_, reinterpret_cast<std::uintptr_t>(to.cursor_), to.position_);
    }
    if (budgeted_) quota_.store(to.position_, kRelaxed);
  }
  note_rewind(to.position_);
  publish_limit();
  return true;
}

bool FrameArena::shrink_top(const void* block, std::size_t old_size,
                            std::size_t new_size) noexcept {
  if (block == nullptr || host_ == nullptr || clock() == 0 || !host_->frame_is_open(*this)) {
    return false;
  }
  // A job's result may end on the thread that took it: then the arena's own may be allocating.
  if (!host_->is_of_this_thread()) return false;
  const auto start = reinterpret_cast<std::uintptr_t>(block);
  if (start + align_up(old_size, kGranule) != cursor_.load(kRelaxed)) return false;
  if (chunk_ == nullptr || start < reinterpret_cast<std::uintptr_t>(chunk_->begin())) return false;
  if (new_size >= old_size) return true;
  const std::uintptr_t end = start + align_up(new_size, kGranule);
  const Inside inside(*this);
  if (frame_guard_ != nullptr) {
    if (!inside || frame_guard_->pages()) return false;  // no address is handed out twice
    frame_guard_->forbid(chunk_, end, cursor_.load(kRelaxed));
  }
  const std::size_t here = position();
  const std::size_t there = end - origin_.load(kRelaxed);
  if (here > peak_.load(kRelaxed)) peak_.store(here, kRelaxed);
  returned_bytes_.add(here - there);
  if (there >= run_start_.load(kRelaxed)) {
    // The common case: one store, as if the tail had never been allocated, but for the peaks.
    detail::note_tag_peak(*counters_, cell(), clock(), here - run_start_.load(kRelaxed));
    if (pace_.path == FramePath::BumpedOnly) pace_.path = FramePath::BumpedRewound;
    if (pace_.path == FramePath::BumpedCharged || pace_.path == FramePath::Windowed)
      leave_fast_path();
    cursor_.store(end, kRelaxed);
  } else {
    retreat(end);
  }
  note_rewind(there);
  return true;
}

void FrameArena::give_back(const void* block, std::size_t size, std::uint64_t epoch) noexcept {
  // Most blocks are not the newest: for those this is all.
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(block) + align_up(size, kGranule);
  if (end == cursor_.load(kRelaxed) && holds(epoch)) shrink_top(block, size, 0);
}

// The cursor goes back to where another tag was current.
void FrameArena::retreat(std::uintptr_t end) noexcept {
  leave_fast_path();
  if (budgeted_) return_unused_quota();
  {
    const Edit edit(*this);
    const std::size_t there = end - origin_.load(kRelaxed);
    flush_run(position());
    unwind_runs(there);
    run_start_.store(there, kRelaxed);
    cursor_.store(end, kRelaxed);
    if (budgeted_) quota_.store(there, kRelaxed);
  }
  publish_limit();
}

Finalizer* FrameArena::new_finalizer(Finalizer::Destroy destroy, CallSite site,
                                     bool quiet) noexcept {
  Finalizer* finalizer = nullptr;
  do {
    finalizer = quiet ? alloc_batch_quietly<Finalizer>(1, site) : alloc<Finalizer>(site);
  } while (finalizer != nullptr && !expect_object());
  if (finalizer != nullptr) {
    std::construct_at(finalizer);
    finalizer->destroy = destroy;
  }
  return finalizer;
}

// The objects do not come.
void FrameArena::drop_finalizer(Finalizer* finalizer) noexcept {
  const std::uint64_t frame = clock();
  shrink_top(finalizer, sizeof(Finalizer), 0);
  if (frame_guard_ != nullptr) come_out(frame);
}

void FrameArena::arm(Finalizer* finalizer, void* objects, std::size_t count) noexcept {
  leave_fast_path();
  finalizer->objects = objects;
  finalizer->count = count;
  finalizer->position = position();
  finalizer->order = ++order_;
  FrameSlot& slot = this->slot();
  // With a guard mode the object is expected no more at the moment at which it is owed.
  std::unique_lock<detail::SpinLock> guard;
  if (frame_guard_ != nullptr) {
    guard = std::unique_lock(frame_guard_->lock());
    if (slot.inside != 0) --slot.inside;
  }
  auto& head = slot.finalizers;
  finalizer->next = head.load(kRelaxed);
  while (!head.compare_exchange_weak(finalizer->next, finalizer, std::memory_order_release,
                                     kRelaxed)) {
  }
}

// The list is taken whole, because the thread that ends the frame may do the same at this moment:
// each destructor then still runs once. Destructors may allocate and arm further ones.
void FrameArena::run_finalizers(FrameSlot& slot, std::uint64_t after) noexcept {
  Finalizer* rest = nullptr;
  while (Finalizer* list = slot.finalizers.exchange(nullptr, std::memory_order_acquire)) {
    while (list != nullptr && list->order > after) {
      Finalizer* next = list->next;
      if (list->destroy != nullptr) list->destroy(list->objects, list->count);
      list = next;
    }
    if (list != nullptr) rest = list;
  }
  if (rest != nullptr) slot.finalizers.store(rest, std::memory_order_release);
}

// Taken whole for the same reason; only its owner adds to it.
void FrameArena::free_fallback(FrameSlot& slot, std::uint64_t after, bool owner) noexcept {
  FallbackBlock* list = slot.fallback.exchange(nullptr, std::memory_order_acquire);
  while (list != nullptr && list->order > after) {
    FallbackBlock* const record = list;
    list = record->next;
    if (owner && slot.clock.load(kRelaxed) == clock()) {
      fallback_bytes_.store(fallback_bytes_.load(kRelaxed) - record->bytes, kRelaxed);
    }
    host_->free_fallback(record->block);
    metadata_->destroy(record);
  }
  if (list != nullptr) slot.fallback.store(list, std::memory_order_release);
}

}  // namespace framealloc
