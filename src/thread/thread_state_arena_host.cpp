// SPDX-License-Identifier: MIT OR Apache-2.0
// What an arena gets from its allocator on the slow path.
#include <framealloc/detail/memory/denial_text.hpp>
#include <framealloc/detail/memory/pressure_monitor.hpp>
#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/detail/thread/thread_state.hpp>

#include <new>

namespace framealloc::detail {

bool ThreadState::enter_frame(FrameArena& arena) noexcept {
  pools_.answer_recall();
  if (&arena == &own_arena_) {
    const std::uint64_t clock = own_clock_.load(std::memory_order_relaxed);
    return clock_is_open(clock) && arena.clock() == clock;
  }
  const std::uint64_t clock = instance_.clock().now();
  if (!clock_is_open(clock)) return false;
  if (arena.clock() == clock) return true;
  FrameSlot& slot = arena.slot_of(clock);
  // A destructor that the frame before owed asks, whose memory is still in use.
  if (slot.in_release.load(std::memory_order_relaxed) != 0) return false;
  instance_.clock().list(slot, clock);
  arena.enter(clock);
  if (instance_.events().enabled()) lifecycle.note_frame(clock, false);
  if (!pools_.idle()) pools_.at_boundary(PoolThread::Boundary::Either);  // a worker's
  pools_.tidy_now_and_then();
  return true;
}

bool ThreadState::frame_is_open(const FrameArena& arena) const noexcept {
  const std::uint64_t now =
      &arena == &own_arena_ ? own_clock_.load(std::memory_order_seq_cst) : instance_.clock().now();
  return now == arena.clock();
}

ArenaChunk* ThreadState::acquire_chunk(std::size_t room, Denial* why) noexcept {
  ChunkPool& pool = instance_.chunks();
  bool by_limit = false;
  std::size_t bytes = pool.chunk_size();
  const bool run = room > bytes - ArenaChunk::kHeaderBytes;
  void* home = run ? pool.acquire_run(room + ArenaChunk::kHeaderBytes, &bytes, &by_limit)
                   : pool.acquire(&by_limit);
  if (home == nullptr) {
    *why = denial_of_memory(instance_.limited_source(), by_limit);
    return nullptr;
  }
  instance_.note_acquired();
  auto* chunk = ::new (home) ArenaChunk{};
  chunk->bytes = bytes;
  chunk->run = run;
  return chunk;
}

void ThreadState::release_chunk(ArenaChunk* chunk) noexcept {
  ChunkPool& pool = instance_.chunks();
  if (chunk->pinned) {
    instance_.limited_source().release(chunk, chunk->bytes, pool.chunk_size());
  } else if (chunk->bytes == pool.chunk_size()) {
    pool.release(chunk);
  } else {
    pool.release_run(chunk, chunk->bytes);
  }
}

bool ThreadState::has_budgets() const noexcept { return instance_.budgets() != nullptr; }

std::size_t ThreadState::charge(TagId tag, std::size_t need, std::size_t want,
                                Denial* why) noexcept {
  return instance_.budgets()->charge_ahead(tag, need, want, why);
}

void ThreadState::uncharge(TagId tag, std::size_t bytes) noexcept {
  if (bytes != 0) instance_.budgets()->uncharge(tag, bytes);
}

ThreadBudgetAnswer ThreadState::ask_thread_budget(std::size_t position, std::size_t size,
                                                  std::size_t* mark, const CallSite& site,
                                                  bool quiet) noexcept {
  return budget_.ask_frame(position, size, mark, site, quiet);
}

void ThreadState::renew_guards() noexcept {
  shared_arena_.renew_guard();
  if (has_own_arena_.load(std::memory_order_relaxed)) own_arena_.renew_guard();
}

void* ThreadState::allocate_fallback(std::size_t bytes, std::size_t alignment,
                                     const CallSite& site) noexcept {
  return instance_.heap().allocate(pools_, bytes, alignment, site);
}

void ThreadState::free_fallback(void* block) noexcept {
  ThreadState* const mine = instance_.find_state();  // whoever ends the frame
  instance_.heap().free(mine != nullptr ? &mine->pools() : nullptr, block, CallSite{});
}

void ThreadState::note_call(std::size_t size) noexcept {
  instance_.settle();
  EventHub& events = instance_.events();
  FrameEvent event;
  event.alloc_kind = AllocKind::Frame;
  event.size = size;
  if (size > instance_.chunks().chunk_size() - ArenaChunk::kHeaderBytes &&
      events.wants(FrameEventKind::LargeAllocation)) {
    event.kind = FrameEventKind::LargeAllocation;
    events.emit(event, tag_);
  }
  if (!events.wants(FrameEventKind::Alloc)) return;
  event.kind = FrameEventKind::Alloc;
  events.emit(event, tag_);
}

PressureMonitor* ThreadState::pressure() noexcept { return &instance_.pressure(); }

void ThreadState::note_overflow() noexcept { overflows_.increment(); }

void ThreadState::note_corruption(std::string_view message, const void* address) noexcept {
  instance_.limited_source().corruption().note(message, address, tag_);
}

void ThreadState::report_denial(const Denial& why, TagId tag, std::size_t requested,
                                const CallSite& site) noexcept {
  instance_.report_denial(why, tag, requested, site);
}

void ThreadState::report(Code code, std::string_view message, TagId tag, std::size_t requested,
                         std::size_t available, const CallSite& site) noexcept {
  instance_.report(code, message, tag, requested, available, site);
}

}  // namespace framealloc::detail
