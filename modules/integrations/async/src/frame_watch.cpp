// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/async/frame_watch.hpp>

#include <framealloc/report.hpp>
#include <framealloc/text.hpp>

#include <mutex>

namespace framealloc::async::detail {
namespace {

// Bytes that tasks took on this thread, ever: the difference between two times is what ran in
// between, inside the caller.
constinit thread_local std::uint64_t taken_by_tasks = 0;

// Places that have been reported. A full table forgets nothing and takes nothing new: what does not
// fit is reported again, within the allocator's report limit.
struct Place {
  PoolRef pool;
  const char* file = nullptr;
  std::uint32_t line = 0;
};
constexpr std::size_t kPlaces = 256;
constinit std::mutex places_mutex;
constinit Place places[kPlaces];

// Result: whether the allocator has not reported that place yet. It may stand at the address of
// another, ended one, whose places go with its first report.
bool is_first(const PoolRef& pool, const SmartAlloc& alloc, const CallSite& site) noexcept {
  const bool fresh_allocator = alloc.report_count(Code::FA702) == 0;
  const std::lock_guard lock(places_mutex);
  Place* free_place = nullptr;
  for (Place& place : places) {
    if (fresh_allocator && place.pool == pool) place = Place{};
    if (!place.pool) {
      if (free_place == nullptr) free_place = &place;
    } else if (place.pool == pool && place.line == site.line && place.file == site.file) {
      return false;
    }
  }
  if (free_place != nullptr) *free_place = Place{pool, site.file, site.line};
  return true;
}

}  // namespace

void FrameWatch::enter(const CallSite& resumed_at) noexcept {
  SmartAlloc alloc = pool_.allocator();
  if (taken_ != 0 && is_over(alloc)) {
    if (is_first(pool_, alloc, resumed_at)) report(alloc, resumed_at);
    taken_ = 0;
  }
  arena_ = &alloc.frame_arena();
  clock_ = arena_->clock();
  position_ = arena_->position();
  inner_ = taken_by_tasks;
}

void FrameWatch::leave() noexcept {
  SmartAlloc alloc = pool_.allocator();
  const FrameArena& arena = alloc.frame_arena();
  if (&arena != arena_ || !alloc.in_frame()) return;
  // An arena enters the frame with its first allocation; before, it shows the frame of before.
  const std::size_t from = arena.clock() == clock_ ? position_ : 0;
  const std::uint64_t grown = arena.position() > from ? arena.position() - from : 0;
  const std::uint64_t inside = taken_by_tasks - inner_;
  const std::uint64_t mine = grown > inside ? grown - inside : 0;
  taken_by_tasks += mine;
  if (mine == 0) return;
  const bool own = arena.first_cell() != 0;
  const bool same = own ? own_arena_ == &arena && own_clock_ == arena.clock()
                        : own_arena_ == nullptr && frame_ == alloc.frame_number();
  taken_ = mine + (same ? taken_ : 0);
  frame_ = alloc.frame_number();
  own_arena_ = own ? &arena : nullptr;
  own_clock_ = own ? arena.clock() : 0;
}

bool FrameWatch::is_over(SmartAlloc& alloc) const noexcept {
  const FrameArena& arena = alloc.frame_arena();
  if (own_arena_ != nullptr) {
    // Another thread cannot tell how far that thread is with its own frames.
    return own_arena_ == &arena && arena.clock() != own_clock_;
  }
  const std::uint64_t last = frame_ + alloc.config().frames_in_flight - 1;
  const std::uint64_t now = alloc.frame_number();
  return now > last || (now == last && arena.first_cell() == 0 && !alloc.in_frame());
}

void FrameWatch::report(const SmartAlloc& alloc, const CallSite& site) const noexcept {
  Text<512> message;
  message.append("the task '").append(site.function).append("' took ");
  message.append(taken_).append(" bytes of frame memory in frame ").append(frame_);
  message.append(", suspended, and goes on in frame ").append(alloc.frame_number());
  message.append(" with that memory gone");
  Report report;
  report.code = Code::FA702;
  report.message = message.view();
  report.frame = frame_;
  report.requested = taken_;
  report.site = site;
  const TagPath tag = alloc.path_of(alloc.current_tag_id());
  report.tag = tag.view();
  alloc.report(report);
}

void* new_other_frame(const PoolRef& pool, std::size_t size) noexcept {
  if (pool.mark() == 0) return system_frame(size);
  void* const frame = new_frame(pool, size, sizeof(FrameWatch));
  if (frame == nullptr) return nullptr;
  std::byte* const block = reinterpret_cast<std::byte*>(header_of(frame)) - sizeof(FrameWatch);
  fresh_watch = ::new (block) FrameWatch(pool);
  return frame;
}

void delete_other_frame(void* frame, std::size_t size) noexcept {
  if (header_of(frame)->pool.mark() == 0) return delete_frame(frame, size);
  std::byte* const block = reinterpret_cast<std::byte*>(header_of(frame)) - sizeof(FrameWatch);
  // An argument's copy may have thrown before the promise could take it.
  if (static_cast<void*>(fresh_watch) == block) fresh_watch = nullptr;
  delete_frame(frame, size, sizeof(FrameWatch));
}

}  // namespace framealloc::async::detail
