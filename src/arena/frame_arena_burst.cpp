// SPDX-License-Identifier: MIT OR Apache-2.0
// Windows of the arena that bursts bump through.
#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/frame_arena.hpp>

#include "arena/arena_edit.hpp"

#include <algorithm>

namespace framealloc {

using detail::BurstWindow;

namespace {
using detail::kRelaxed;
// Close to a limit a window takes no more than this part of what is left: other allocations of the
// thread need some, too, and what a burst has not used cannot be asked for.
constexpr std::size_t kLimitedShare = 8;
}  // namespace

constinit BurstWindow detail::no_window;

BurstWindow* FrameArena::open_burst(std::size_t bytes) noexcept {
  BurstWindow* window = windows_.load(kRelaxed);
  while (window != nullptr && window->borrowed) window = window->next;
  // Mostly there is one, the arena is in the frame, and it has room.
  if (window == nullptr || limit_.load(kRelaxed) <= cursor_.load(kRelaxed) || gap_.begin != 0) {
    return open_burst_slow(window, bytes);
  }
  window->borrowed = true;
  window->wanted = std::clamp(align_up(saturate(bytes), kGranule), kGranule, kMaxRequest);
  fill_window(*window);
  return window;
}

BurstWindow* FrameArena::open_burst_slow(BurstWindow* window, std::size_t bytes) noexcept {
  if (host_ == nullptr || refuse_thread("a burst begins on another thread than its arena's")) {
    return &detail::no_window;
  }
  if (window == nullptr) {
    window = metadata_->create<BurstWindow>();
    if (window == nullptr) return &detail::no_window;  // each call is then one of the arena
    window->next = windows_.load(kRelaxed);
    // Before any limit of the window: a later close finds it, or its limit is never stored.
    windows_.store(window, std::memory_order_seq_cst);
  }
  window->borrowed = true;
  window->wanted = std::clamp(align_up(saturate(bytes), kGranule), kGranule, kMaxRequest);
  if (!host_->enter_frame(*this) || (modes_->load(kRelaxed) & detail::kSlowCalls) != 0) {
    return window;
  }
  answer_recall();
  if (take_gap(*window, kGranule)) return window;
  detail::Denial ignored;  // the first call meets it again, and reports it
  if (chunk_ == nullptr && (position() != 0 || !advance_chunk(kGranule, &ignored))) return window;
  if (chunk_ == nullptr) return window;
  const std::uint64_t frame = clock();
  if (position() >= quota() && !extend_quota(position() + kGranule, &ignored)) return window;
  if (clock() != frame) return window;  // a budget's event handler may do anything
  publish_limit();
  fill_window(*window);
  return window;
}

void FrameArena::close_burst(BurstWindow& window, std::uintptr_t cursor) noexcept {
  if (&window == &detail::no_window) return;
  if (refuse_thread("a burst ends on another thread than its arena's; nothing was given back")) {
    return;
  }
  empty_window(window, cursor);
  window.borrowed = false;
}

std::uintptr_t FrameArena::step_burst(BurstWindow& window, std::uintptr_t start, std::size_t size,
                                      std::size_t alignment, const char* file, const char* function,
                                      std::uint32_t line) noexcept {
  if (host_ == nullptr) return size;
  if (refuse_thread("a burst is used on another thread than its arena's; nothing was allocated")) {
    return size;
  }
  empty_window(window, std::min(start, window.end));
  const bool fills = size <= kMaxRequest && &window != &detail::no_window;
  if (fills && take_gap(window, size + alignment)) {
    return ((window.begin + alignment - 1) & (0 - alignment)) + size;
  }
  void* const block = alloc_slow(size, alignment, file, function, line);
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(block) + size;
  // A block from the heap has no window behind it.
  if (fills && cursor_.load(kRelaxed) == end) fill_window(window);
  return end;
}

// What the arena could hand out without its slow path. Requirement: the window is empty.
void FrameArena::fill_window(BurstWindow& window) noexcept {
  const std::uintptr_t cursor = cursor_.load(kRelaxed);
  const std::uintptr_t limit = limit_.load(kRelaxed);
  if (limit <= cursor) return;  // closed, too: then every call takes the slow path
  std::size_t room = std::min(limit - cursor, window.wanted);
  const std::size_t soft = std::min(capacity_, thread_budget_mark_);
  if (soft != SIZE_MAX) room = std::min(room, (soft - position()) / kLimitedShare);
  room &= 0 - kGranule;
  if (room == 0) return;
  window.begin = cursor;
  window.end = cursor + room;
  window.position = position();
  window.tag = tag();
  cursor_.store(window.end, kRelaxed);
  publish_window(window);
}

void FrameArena::publish_window(BurstWindow& window) noexcept {
  if (windows_filled_++ == 0 && pace_.path != FramePath::General) {
    path_before_window_ = pace_.path;
    key_before_window_ = scope_key_;
    leave_fast_path();  // a scope or a frame that ends now has to look for the window
    pace_.path = FramePath::Windowed;
  }
  // As in publish_limit().
  window.limit.store(window.end, std::memory_order_seq_cst);
  if (!host_->frame_is_open(*this) || recalled_.load(kRelaxed) ||
      (modes_->load(std::memory_order_seq_cst) & detail::kSlowCalls) != 0) {
    window.limit.store(0, kRelaxed);
  }
}

// The window ends; what the burst has not used goes back, as if it had never been taken.
void FrameArena::empty_window(BurstWindow& window, std::uintptr_t cursor) noexcept {
  if (window.begin == 0) return;
  const std::uintptr_t begin = window.begin;
  const std::uintptr_t end = window.end;
  forget_window(window);
  if (cursor == end || !host_->frame_is_open(*this)) return;
  const std::size_t here = position();
  // A checkpoint at the end of the window would be lost with it.
  if (cursor_.load(kRelaxed) != end || highest_checkpoint() == here) {
    leave_fast_path();  // a scope must not step back over it unseen
    if (end - cursor > gap_.end - gap_.begin) {
      gap_ = {cursor, end, window.position + (cursor - begin), window.tag};
    }
    return;
  }
  if (here - (end - cursor) >= run_start_.load(kRelaxed)) {
    cursor_.store(cursor, kRelaxed);
  } else {
    retreat(cursor);
  }
}

void FrameArena::forget_window(BurstWindow& window) noexcept {
  window.limit.store(0, kRelaxed);
  window.begin = 0;
  window.end = 0;
  if (--windows_filled_ != 0 || pace_.path != FramePath::Windowed) return;
  pace_.path = path_before_window_;
  scope_key_ = key_before_window_;
}

// What lies above the position is not allocated any more.
void FrameArena::forget_windows(std::size_t position) noexcept {
  if (gap_.begin != 0 && gap_.position >= position) gap_ = {};
  if (windows_filled_ == 0) return;
  for (BurstWindow* w = windows_.load(kRelaxed); w != nullptr; w = w->next) {
    if (w->begin != 0 && w->position >= position) forget_window(*w);
  }
}

bool FrameArena::take_gap(BurstWindow& window, std::size_t bytes) noexcept {
  if (gap_.begin == 0 || gap_.end - gap_.begin < bytes || gap_.tag != tag()) return false;
  if (!host_->frame_is_open(*this) || recalled_.load(kRelaxed) ||
      (modes_->load(kRelaxed) & detail::kSlowCalls) != 0) {
    return false;
  }
  window.begin = gap_.begin;
  window.end = gap_.end;
  window.position = gap_.position;
  window.tag = gap_.tag;
  gap_ = {};
  publish_window(window);
  return true;
}

}  // namespace framealloc
