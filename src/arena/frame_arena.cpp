// SPDX-License-Identifier: MIT OR Apache-2.0
// The slow path of a frame allocation, and how it finds chunks.
#include <framealloc/frame_arena.hpp>

#include <framealloc/detail/arena/frame_guard.hpp>
#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/memory/reclaim_loop.hpp>

#include "arena/arena_edit.hpp"

#include <algorithm>

namespace framealloc {

using detail::ArenaChunk;
using detail::ArenaHost;
using detail::Denial;
using detail::EndedFrame;
using detail::FallbackBlock;
using detail::FrameSlot;

namespace {
using detail::kRelaxed;
// Budgets are charged in portions, so the slow path is rare and the sum is still exact.
constexpr std::size_t kQuotaPortion = std::size_t{64} << 10;
// Used for the rest of a frame after another thread was denied what this one had charged ahead.
constexpr std::size_t kModestPortion = std::size_t{4} << 10;
}  // namespace

std::uintptr_t FrameArena::chunk_end() const noexcept {
  if (chunk_ == nullptr) return 0;
  // A chunk with an overwritten header has no room, so the step to the next chunk detects it.
  if (!chunk_->sound()) [[unlikely]]
    return cursor_.load(kRelaxed);
  return reinterpret_cast<std::uintptr_t>(chunk_->end());
}

void* FrameArena::alloc_slow(std::size_t size, std::size_t alignment, const char* file,
                             const char* function, std::uint32_t line) noexcept {
  return obtain(size, alignment, CallSite{file, function, line}, false);
}

void* FrameArena::obtain(std::size_t size, std::size_t alignment, const CallSite& site,
                         bool quiet) noexcept {
  if (host_ == nullptr) return nullptr;  // a thread that could not be attached; reported there
  if (size > kMaxRequest) {
    if (quiet) return nullptr;
    host_->report(Code::FA011, "the size overflows or no block can be this large", tag(), size,
                  kMaxRequest, site);
    return nullptr;
  }
  size = align_up(size, kGranule);
  answer_recall();
  for (detail::ReclaimLoop reclaim(host_->pressure());;) {
    if (!host_->enter_frame(*this)) {
      if (quiet) return nullptr;
      host_->report(Code::FA001,
                    "frame memory asked for with no frame open: call begin_frame() first", tag(),
                    size, 0, site);
      return nullptr;
    }
    const std::uintptr_t cursor = cursor_.load(kRelaxed);
    const std::uintptr_t start = (cursor + alignment - 1) & (0 - alignment);
    const std::uintptr_t end = start + size;
    if (chunk_ != nullptr && end <= chunk_end()) {
      const std::size_t position = end - origin_.load(kRelaxed);
      if (position > capacity_) return overflow(size, alignment, site, quiet);
      if (position > thread_budget_mark_) {
        void* instead = nullptr;
        if (!ask_thread_budget(position, size, alignment, site, quiet, &instead)) return instead;
        continue;  // its handler may have allocated, too
      }
      if (position > quota()) {
        Denial why;
        if (!extend_quota(position, quiet ? nullptr : &why)) return refuse(why, size, site, quiet);
        // A budget's event handler may have allocated, or ended the frame: then check again.
        if (cursor_.load(kRelaxed) != cursor || position > quota()) continue;
      }
      cursor_.store(end, kRelaxed);
      note_calls();
      if (frame_guard_ != nullptr) note_allocation(start, end, site);
      publish_limit();
      emit_call(size);
      return reinterpret_cast<void*>(start);
    }
    if (position() + size > capacity_) return overflow(size, alignment, site, quiet);
    if (position() + size > thread_budget_mark_) {
      void* instead = nullptr;
      if (!ask_thread_budget(position() + size, size, alignment, site, quiet, &instead)) {
        return instead;
      }
      continue;
    }
    Denial why;
    const std::size_t padding = alignment > ArenaChunk::kHeaderBytes ? alignment : 0;
    if (advance_chunk(size + padding, &why)) continue;
    // The handlers that make room may have used this arena: check everything again.
    if (!reclaim.more(size, why.code == Code::FA310)) return refuse(why, size, site, quiet);
  }
}

void* FrameArena::alloc_slow_masked(std::size_t size, std::uintptr_t mask, const char* file,
                                    const char* function, std::uint32_t line) noexcept {
  return alloc_slow(size, 0 - mask, file, function, line);
}

bool FrameArena::extend_slow(std::uintptr_t start, std::uintptr_t end) noexcept {
  if (host_ == nullptr || clock() == 0 || !host_->frame_is_open(*this)) return false;
  answer_recall();
  if (end < start || end > chunk_end()) return false;
  const std::size_t position = end - origin_.load(kRelaxed);
  const std::uintptr_t cursor = cursor_.load(kRelaxed);
  if (position > capacity_) return false;
  if (position > thread_budget_mark_) {
    const std::uint64_t frame = clock();
    const auto answer =
        host_->ask_thread_budget(position, 0, &thread_budget_mark_, CallSite{}, true);
    if (answer != detail::ThreadBudgetAnswer::Go) return false;
    // The handler of the warning may have allocated, or ended the frame.
    if (cursor_.load(kRelaxed) != cursor || clock() != frame) return false;
  }
  if (position > quota()) {
    if (!extend_quota(position, nullptr)) return false;
    // A budget's event handler may have allocated during the charge; then the block is no longer
    // the newest.
    if (cursor_.load(kRelaxed) != cursor || position > quota()) return false;
  }
  cursor_.store(end, kRelaxed);
  note_calls();
  if (frame_guard_ != nullptr) frame_guard_->note_extended(chunk_, start, cursor, end);
  publish_limit();
  emit_call(end - cursor);
  return true;
}

void FrameArena::note_calls() noexcept {
  if ((modes_->load(kRelaxed) & detail::kCountCalls) != 0) calls_.increment();
}

void FrameArena::emit_call(std::size_t size) noexcept {
  constexpr std::uint32_t kTold = detail::kEmitCalls | detail::kPressureDue;
  if ((modes_->load(kRelaxed) & kTold) != 0) [[unlikely]]
    host_->note_call(size);
}

// The order matters: the limit is stored before the frame, the modes and a recall are read again,
// and a thread that ends the frame, sets a mode or recalls stores that first and the limit
// afterward. So either this thread sees the change here, or its limit ends up 0 and its next call
// sees it.
void FrameArena::publish_limit() noexcept {
  if ((modes_->load(kRelaxed) & detail::kSlowCalls) != 0) {
    limit_.store(0, std::memory_order_seq_cst);
    return;
  }
  std::uintptr_t end = chunk_end();
  std::size_t soft = capacity_ < quota() ? capacity_ : quota();
  if (thread_budget_mark_ < soft) soft = thread_budget_mark_;
  if (soft != SIZE_MAX) {
    const std::uintptr_t soft_end = origin_.load(kRelaxed) + soft;
    if (soft_end < end) end = soft_end;
  }
  limit_.store(end, std::memory_order_seq_cst);
  if (end == 0) return;
  if (!host_->frame_is_open(*this) ||
      (modes_->load(std::memory_order_seq_cst) & detail::kSlowCalls) != 0 ||
      recalled_.load(std::memory_order_seq_cst)) {
    limit_.store(0, kRelaxed);
  }
}

namespace {

// Result: the first chunk of the list that fits, taken out of it; null if there is none. A chunk
// made for one large request is kept for the next such request: if small ones used it, every later
// frame would seem to need it, and it would never be returned.
ArenaChunk* take_fitting_chunk(ArenaChunk*& list, std::size_t room, ArenaHost& host) noexcept {
  for (ArenaChunk** link = &list; detail::leads_on(*link, host); link = &(*link)->next) {
    ArenaChunk* chunk = *link;
    if (chunk->room() < room || (chunk->run && chunk->room() / 2 > room)) continue;
    *link = chunk->next;
    return chunk;
  }
  return nullptr;
}

}  // namespace

bool FrameArena::advance_chunk(std::size_t room, Denial* why) noexcept {
  const Inside inside(*this);
  if (!inside) return true;  // the caller checks the frame again
  if (frame_guard_ != nullptr && frame_guard_->pages()) return advance_to_fresh_chunk(room, why);
  settle();
  FrameSlot& slot = this->slot();
  if (chunk_ != nullptr && !chunk_->sound()) [[unlikely]] {
    ArenaChunk* broken = chunk_;
    detail::give_up(broken, *host_);
    slot.first = nullptr;  // the list leads through it
    slot.deepest = nullptr;
    const Edit edit(*this);
    enter_chunk(nullptr, kGranule, position());
  }
  ArenaChunk*& link = chunk_ == nullptr ? slot.first : chunk_->next;
  ArenaChunk* next = take_fitting_chunk(link, room, *host_);
  if (next == nullptr) {
    next = host_->acquire_chunk(room, why);
    if (next == nullptr) return false;
    chunk_bytes_.store(chunk_bytes() + next->bytes, kRelaxed);
  }
  if (frame_guard_ != nullptr) leave_chunk();
  next->next = link;
  link = next;
  const std::uint16_t depth = chunk_ == nullptr ? 0 : chunk_->depth;
  next->depth = depth == ArenaChunk::kDeepest ? depth : static_cast<std::uint16_t>(depth + 1);
  if (slot.deepest == nullptr || next->depth > slot.deepest->depth ||
      next->depth == ArenaChunk::kDeepest) {
    slot.deepest = next;
  }
  step_into(next);
  return true;
}

void FrameArena::step_into(ArenaChunk* next) noexcept {
  const Edit edit(*this);
  const std::size_t here = position();
  if (chunk_ != nullptr)
    waste_.store(waste_.load(kRelaxed) + (chunk_end() - cursor_.load(kRelaxed)), kRelaxed);
  next->start_position = here;
  next->used = 0;
  next->start_waste = waste_.load(kRelaxed);
  enter_chunk(next, reinterpret_cast<std::uintptr_t>(next->begin()), here);
}

void FrameArena::enter_chunk(ArenaChunk* chunk, std::uintptr_t cursor,
                             std::size_t position) noexcept {
  // The limit is that of another chunk: if a request were refused before the next publish_limit(),
  // the calls after it would bump toward it through memory of others.
  limit_.store(0, kRelaxed);
  note_scope_peak();
  chunk_ = chunk;
  cursor_.store(cursor, kRelaxed);
  origin_.store(cursor - position, kRelaxed);
}

// Result: bytes that the frame still needs if it becomes as large as the previous one.
std::size_t FrameArena::bytes_expected() const noexcept {
  const std::uint64_t last = clock() - 2;
  const EndedFrame& record = ended_[(last >> 1) & 1];
  const std::size_t held = fast_last_.get() != 0                 ? fast_last_.get()
                           : record.clock.load(kRelaxed) == last ? record.bytes.load(kRelaxed)
                                                                 : 0;
  return held > position() ? held - position() : 0;
}

bool FrameArena::extend_quota(std::size_t position, Denial* why) noexcept {
  const std::size_t need = position - quota();
  const std::size_t room = chunk_end() - cursor_.load(kRelaxed);
  std::size_t portion = modest_ ? kModestPortion : std::max(kQuotaPortion, bytes_expected());
  if (portion > room) portion = room;
  const TagId tag = this->tag();
  const std::uint64_t frame = clock();
  charging_ = true;
  const std::size_t granted = host_->charge(tag, need, need > portion ? need : portion, why);
  charging_ = false;
  if (granted == 0) return false;
  if (this->tag() != tag || clock() != frame) {
    host_->uncharge(tag, granted);  // the event handler left the tag or the frame; check again
    return true;
  }
  if (!record_charge(tag, granted)) {
    host_->uncharge(tag, granted);
    Denial::store(why, Denial{Code::FA012});
    return false;
  }
  // A thread that has ended the frame may have returned its charges before this one was recorded.
  if (!host_->frame_is_open(*this)) {
    return_charge(tag, granted);
    return true;
  }
  quota_.store(quota() + granted, kRelaxed);
  return true;
}

void* FrameArena::refuse(const Denial& why, std::size_t size, const CallSite& site,
                         bool quiet) noexcept {
  if (!quiet) host_->report_denial(why, tag(), size, site);
  publish_limit();
  return nullptr;
}

void* FrameArena::overflow(std::size_t size, std::size_t alignment, const CallSite& site,
                           bool quiet) noexcept {
  if (quiet) {
    publish_limit();
    return nullptr;
  }
  host_->note_overflow();
  const std::size_t left = capacity_ - position();
  if (overflow_ == FrameOverflow::Fail || overflow_reported_ != clock()) {
    overflow_reported_ = clock();
    host_->report(
        Code::FA003,
        overflow_ == FrameOverflow::Fail
            ? "the arena has reached frame_arena_size and its policy is Fail"
            : "the arena has reached frame_arena_size; the heap serves the rest of the frame",
        tag(), size, left, site);
  }
  publish_limit();
  if (overflow_ != FrameOverflow::HeapFallback) return nullptr;
  void* const block = stand_in(size, alignment, site);
  const std::size_t held = position() + fallback_bytes_.load(kRelaxed);
  if (block != nullptr && held > fallback_peak_) fallback_peak_ = held;
  return block;
}

// A heap block in place of frame memory.
void* FrameArena::stand_in(std::size_t size, std::size_t alignment, const CallSite& site) noexcept {
  leave_fast_path();
  auto* record = metadata_->create<FallbackBlock>();
  void* block = record == nullptr ? nullptr : host_->allocate_fallback(size, alignment, site);
  if (block == nullptr) {
    metadata_->destroy(record);
    return nullptr;
  }
  FrameSlot& slot = this->slot();
  *record = FallbackBlock{slot.fallback.load(kRelaxed), block, size, ++order_};
  // Only the thread that ends the frame may interfere, and it takes the whole list.
  while (!slot.fallback.compare_exchange_weak(record->next, record, std::memory_order_release,
                                              kRelaxed)) {
  }
  fallback_bytes_.store(fallback_bytes_.load(kRelaxed) + size, kRelaxed);
  note_calls();
  return block;
}

bool FrameArena::ask_thread_budget(std::size_t position, std::size_t size, std::size_t alignment,
                                   const CallSite& site, bool quiet, void** instead) noexcept {
  std::size_t mark = thread_budget_mark_;
  const detail::ThreadBudgetAnswer answer =
      host_->ask_thread_budget(position, size, &mark, site, quiet);
  thread_budget_mark_ = mark;
  if (answer == detail::ThreadBudgetAnswer::Go) {
    // The host may have allocated; the request that it granted is not checked again.
    const std::size_t padding = (0 - cursor_.load(kRelaxed)) & (alignment - 1);
    const std::size_t passed = this->position() + padding + size;
    if (thread_budget_mark_ < passed) thread_budget_mark_ = passed;
    return true;
  }
  publish_limit();
  *instead =
      answer == detail::ThreadBudgetAnswer::Fallback ? stand_in(size, alignment, site) : nullptr;
  return false;
}

void FrameArena::renew_guard() noexcept {
  if (host_ == nullptr || clock() == 0) return;
  thread_budget_mark_ = host_->first_thread_budget_mark();
  if (thread_budget_mark_ != SIZE_MAX) leave_fast_path();
  close();  // the next call publishes the limit
}

void* FrameArena::refuse_alignment(std::size_t size, std::size_t alignment, const char* file,
                                   const char* function, std::uint32_t line) noexcept {
  if (host_ != nullptr) {
    host_->report(Code::FA011, "the alignment is not a power of two", tag(), size, alignment,
                  CallSite{file, function, line});
  }
  return nullptr;
}

void FrameArena::check_age(std::uint64_t clock) noexcept {
  const std::uint64_t now = this->clock();
  if (host_ == nullptr || clock == 0 || now < clock) return;
  if (((now - clock) >> 1) < slot_count_) return;  // still valid, with frames in flight
  Text<160> text("a container on a FrameAllocator was filled in frame ");
  text.append(clock >> 1).append(" and goes on in frame ").append(now >> 1);
  text.append(", when its memory is over: make it anew in each frame");
  host_->report(Code::FA002, text, tag(), 0, 0);
}

std::size_t FrameArena::capacity_left() const noexcept {
  return capacity_ == SIZE_MAX ? SIZE_MAX : capacity_ - (clock() == 0 ? 0 : position());
}

std::size_t FrameArena::chunk_room_left() const noexcept {
  // With a guard mode, the chunk of an ended frame serves no further request.
  if (chunk_ == nullptr || (frame_guard_ != nullptr && !host_->frame_is_open(*this))) return 0;
  return chunk_end() - cursor_.load(std::memory_order_relaxed);
}

}  // namespace framealloc
