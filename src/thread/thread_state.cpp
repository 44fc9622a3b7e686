// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/thread/thread_state.hpp>

#include <framealloc/detail/os/clock.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/thread/instance.hpp>

#include "thread/registry.hpp"

#include <new>

namespace framealloc::detail {

namespace {

void* allocate_thread_ledger(void* instance, std::size_t bytes) noexcept {
  return static_cast<Instance*>(instance)->metadata().allocate(bytes);
}

constexpr std::size_t kSystemPage = 4096;

}  // namespace

ThreadState::ThreadState(Instance& instance) noexcept
    : instance_(instance),
      phases_(instance.metadata()),
      ledger_(&allocate_thread_ledger, &instance),
      pools_(instance.pools(), ledger_),
      budget_(instance, *this) {}

ThreadState::~ThreadState() {
  shared_arena_.tear_down();
  own_arena_.tear_down();
}

bool ThreadState::set_up() noexcept {
  const AllocConfig& config = instance_.config();
  arena_ = &shared_arena_;
  return shared_arena_.set_up({this, &instance_.metadata(), &ledger_, &instance_.modes(),
                               config.frame_overflow, config.frame_arena_size,
                               config.frames_in_flight, 0, instance_.frame_guard(),
                               &instance_.clock().value()});
}

void ThreadState::bind(TlsTable& table, TlsSlot* slot) noexcept {
  slot_ = slot;
  const ThreadId id = os::current_thread_id();
  id_.store(id, std::memory_order_relaxed);
  // After the id: a thread that sees the state bound also sees its owner.
  table_.store(&table, std::memory_order_release);
  pools_.attach(reinterpret_cast<std::uintptr_t>(&table), id);
  adopt_lifecycle(*this);
  publish();
}

void ThreadState::publish() noexcept {
  if (slot_ == nullptr) return;
  slot_->state = this;
  slot_->arena = arena_;
  show_pool();
}

void ThreadState::retire() noexcept {
  if (in_own_frame()) {
    report(Code::FA004, "a thread ended with its own frame open; the frame was ended", tag_, 0, 0,
           CallSite{});
    end_own_frame();
  }
  finish_own_frames();
  leave_shared_frames();
  drop_phases();
  set_tag(TagId::Untagged);
  shared_arena_.give_quota_back();
  budget_.clear();
  pools_.detach();
  if (slot_ != nullptr) slot_->clear();
  slot_ = nullptr;
}

// No other thread would end the thread's own frames that are still in flight.
void ThreadState::finish_own_frames() noexcept {
  if (!has_own_arena_.load(std::memory_order_relaxed)) return;
  const std::uint64_t in_flight = instance_.config().frames_in_flight;
  own_clock_.fetch_add(2 * (in_flight - 1), std::memory_order_relaxed);
  for (unsigned i = 0; i < own_arena_.slot_count(); ++i) {
    const std::uint64_t clock = own_arena_.slots()[i].clock.load(std::memory_order_relaxed);
    if (clock != 0) own_arena_.release_frame(clock, true);
  }
}

// An open frame is left to the thread that ends it. Destructors that came after the end of their
// frame must run here, since this thread enters no further frame.
void ThreadState::leave_shared_frames() noexcept {
  FrameClock& clock = instance_.clock();
  if (const std::uint64_t in = shared_arena_.clock(); in != 0) {
    shared_arena_.leave_fast_path();
    // The arena of the thread that began the frame may be on no list.
    if (in == clock.now()) clock.list(shared_arena_.slot_of(in), in);
  }
  for (unsigned i = 0; i < shared_arena_.slot_count(); ++i) {
    const std::uint64_t was = shared_arena_.slots()[i].clock.load(std::memory_order_relaxed);
    if (was == 0 || frame_is_valid(was, clock.now(), clock.in_flight())) continue;
    shared_arena_.release_frame(was, true);
  }
}

void ThreadState::forget() noexcept {
  TlsTable* table = table_.load(std::memory_order_relaxed);
  if (table == nullptr) return;
  if (slot_ != nullptr) slot_->clear();
  for (ThreadState** link = &table->states; *link != nullptr; link = &(*link)->next_in_thread) {
    if (*link != this) continue;
    *link = next_in_thread;
    break;
  }
  unlink();
  slot_ = nullptr;
}

void ThreadState::set_tag(TagId tag) noexcept {
  tag_ = tag;
  shared_arena_.set_tag(tag);
  if (has_own_arena_.load(std::memory_order_relaxed)) own_arena_.set_tag(tag);
  (void)pools_.select(tag);
  show_pool();
}

void ThreadState::enter_as_driver(std::uint64_t clock) noexcept {
  // With one frame in flight the driver's arena is told directly, see Instance::end_frame().
  if (instance_.clock().in_flight() != 1) {
    instance_.clock().list(shared_arena_.slot_of(clock), clock);
  }
  shared_arena_.enter(clock);
  if (instance_.events().enabled()) lifecycle.note_frame(clock, false);
  give_first_chunk(shared_arena_);
}

// The memory that a driving thread has from its first frame on. If it is denied (by a limit or an
// exhausted source), the arena takes chunks like any other.
void ThreadState::give_first_chunk(FrameArena& arena) noexcept {
  FrameSlot& slot = arena.slot_of(arena.clock());
  if (slot.first != nullptr && slot.first->pinned) return;
  // In guard mode Pages, no frame reuses the memory of the previous one.
  if (instance_.frame_guard() != nullptr && instance_.frame_guard()->pages()) return;
  const AllocConfig& config = instance_.config();
  const std::size_t bytes =
      align_up(config.frame_arena_size + ArenaChunk::kHeaderBytes, kSystemPage);
  void* home = instance_.limited_source().acquire(bytes, instance_.chunks().chunk_size());
  if (home == nullptr) return;
  auto* chunk = ::new (home) ArenaChunk{};
  chunk->bytes = bytes;
  arena.adopt_first_chunk(chunk);
}

bool ThreadState::begin_own_frame() noexcept {
  if (in_own_frame()) return false;
  if (!has_own_arena_.load(std::memory_order_relaxed)) {
    const AllocConfig& config = instance_.config();
    if (!own_arena_.set_up({this, &instance_.metadata(), &ledger_, &instance_.modes(),
                            config.frame_overflow, config.frame_arena_size, config.frames_in_flight,
                            4, instance_.frame_guard(), &own_clock_})) {
      report(Code::FA012, "no memory for the records of a thread's own frames", tag_, 0, 0,
             CallSite{});
      return true;
    }
    own_arena_.set_tag(tag_);
    has_own_arena_.store(true, std::memory_order_release);
  }
  const std::uint64_t clock = own_clock_.load(std::memory_order_relaxed) + 1;
  own_clock_.store(clock, std::memory_order_seq_cst);
  arena_ = &own_arena_;
  own_arena_.enter(clock);
  give_first_chunk(own_arena_);
  publish();
  own_frame_began_ns_ = 0;
  if (instance_.events().enabled()) {
    lifecycle.note_frame(clock, true);
    own_frame_began_ns_ = os::now_ns();
    instance_.emit_frame_begin(clock >> 1, this);
  }
  return true;
}

bool ThreadState::end_own_frame() noexcept {
  if (!in_own_frame()) return false;
  const std::uint64_t clock = own_clock_.load(std::memory_order_relaxed);
  own_clock_.store(clock + 1, std::memory_order_seq_cst);
  own_arena_.finish();
  const std::uint64_t in_flight = instance_.config().frames_in_flight;
  if (clock >= 2 * in_flight) own_arena_.release_frame(clock - 2 * (in_flight - 1), true);
  arena_ = &shared_arena_;
  publish();
  pools_.tidy_now_and_then();
  if (instance_.events().enabled()) {
    instance_.emit_own_frame_end(*this, clock, own_frame_began_ns_);
  }
  return true;
}

void ThreadState::close_arenas() noexcept {
  shared_arena_.close();
  own_arena_.close();
}

void ThreadState::release_arenas() noexcept {
  if (clock_is_open(own_clock_.load(std::memory_order_relaxed))) end_own_frame();
  for (FrameArena* arena : {&shared_arena_, &own_arena_}) {
    if (arena->slots() == nullptr) continue;
    arena->finish();
    for (unsigned i = 0; i < arena->slot_count(); ++i) {
      const std::uint64_t clock = arena->slots()[i].clock.load(std::memory_order_relaxed);
      if (clock != 0) arena->release_frame(clock, true);
    }
  }
}

bool ThreadState::give_back_charges(bool whole, TagId tag) noexcept {
  const auto concerned = [&](const FrameArena& arena) {
    return whole || is_charged_to(instance_.tags(), arena.tag(), tag);
  };
  bool given = false;
  for (FrameArena* arena : {&shared_arena_, &own_arena_}) {
    if (!concerned(*arena) || arena->charged_ahead() == 0) continue;
    const std::size_t before = arena->charged_ahead();
    arena->give_quota_back();
    given = given || arena->charged_ahead() < before;
  }
  const bool any =
      !pools_.idle() || instance_.pools().guard() != nullptr || pools_.ready_bytes(whole, tag) != 0;
  if (any && pools_.give_back_ready()) given = true;
  return given;
}

std::size_t ThreadState::ready_bytes(bool whole, TagId tag) const noexcept {
  std::size_t bytes = pools_.ready_bytes(whole, tag);
  const auto add = [&](const FrameArena& arena, std::uint64_t now) {
    if (!whole && !is_charged_to(instance_.tags(), arena.tag(), tag)) return;
    const ArenaView here = arena.view();
    // The unused rest of an ended frame was returned with it.
    if (!frame_is_valid(here.clock, now, instance_.config().frames_in_flight)) return;
    bytes += arena.quota_left(here);
  };
  add(shared_arena_, instance_.clock().now());
  if (const FrameArena* const own = own_arena()) {
    add(*own, own_clock_.load(std::memory_order_relaxed));
  }
  return bytes;
}

void ThreadState::recall(bool to_source) noexcept {
  pools_.recall(to_source);
  registry::divert(*this);
  shared_arena_.recall_quota();
  if (has_own_arena_.load(std::memory_order_acquire)) own_arena_.recall_quota();
}

void ThreadState::answer_recall() noexcept {
  pools_.answer_recall();
  shared_arena_.answer_recall();
  own_arena_.answer_recall();
}

bool ThreadState::frames_are_over() const noexcept {
  const unsigned in_flight = instance_.config().frames_in_flight;
  const auto all_over = [in_flight](const FrameArena& arena, std::uint64_t now) {
    // Plain frames do not write their slot: what the arena itself is in decides as well.
    if (frame_is_valid(arena.clock(), now, in_flight)) return false;
    for (unsigned i = 0; i < arena.slot_count() && arena.slots() != nullptr; ++i) {
      const FrameSlot& slot = arena.slots()[i];
      if (frame_is_valid(slot.clock.load(std::memory_order_relaxed), now, in_flight)) return false;
      // The thread that ends the frame may be running its destructors: this call may come from one.
      if (slot.listed.load(std::memory_order_acquire)) return false;
      if (slot.in_release.load(std::memory_order_acquire) != 0) return false;
    }
    return true;
  };
  return all_over(shared_arena_, instance_.clock().now()) &&
         all_over(own_arena_, own_clock_.load(std::memory_order_relaxed));
}

bool ThreadState::holds_frame_memory() const noexcept {
  if (arena_reserved() != 0) return true;
  for (const FrameArena* arena : {&shared_arena_, &own_arena_}) {
    for (unsigned i = 0; i < arena->slot_count() && arena->slots() != nullptr; ++i) {
      const FrameSlot& slot = arena->slots()[i];
      if (slot.finalizers.load(std::memory_order_relaxed) != nullptr) return true;
      if (slot.fallback.load(std::memory_order_relaxed) != nullptr) return true;
    }
  }
  return false;
}

bool ThreadState::release_dead_chunks() noexcept {
  if (!frames_are_over()) return false;
  for (FrameArena* arena : {&shared_arena_, &own_arena_}) {
    if (arena->slots() == nullptr) continue;
    arena->finish();
    for (unsigned i = 0; i < arena->slot_count(); ++i) {
      arena->release_frame(arena->slots()[i].clock.load(std::memory_order_relaxed), true);
    }
    arena->release_chunks();
  }
  return true;
}

void ThreadState::begin_phase(std::string_view name) noexcept {
  const OpenPhase phase{instance_.phases().intern(name), os::now_ns(), frame_bytes_total(),
                        frame_calls()};
  if (shared_arena_.clock() != 0)
    shared_arena_.leave_fast_path();  // end_frame() looks for open phases
  if (!phases_.push_back(phase)) {
    report(Code::FA012, "no memory to remember an open phase", tag_, 0, 0, CallSite{});
  }
}

ThreadState::ClosedPhase ThreadState::pop_phase() noexcept {
  const OpenPhase open = phases_.back();
  phases_.pop_back();
  // What a burst had taken and not used when the phase began may have gone back in it.
  const std::uint64_t bytes = frame_bytes_total();
  const ClosedPhase closed{open.id, bytes < open.start_bytes ? 0 : bytes - open.start_bytes,
                           frame_calls() - open.start_calls, os::now_ns() - open.start_ns,
                           open.start_ns};
  instance_.phases().add(closed.id, instance_.frame_number(), closed.bytes, closed.calls,
                         closed.ns);
  return closed;
}

void ThreadState::close_phase() noexcept {
  if (!phases_.empty()) emit_phase(pop_phase());
}

void ThreadState::emit_phase(const ClosedPhase& closed) noexcept {
  if (!instance_.events().wants(FrameEventKind::PhaseEnd)) return;
  FrameEvent event;
  event.kind = FrameEventKind::PhaseEnd;
  event.phase = instance_.phases().name(closed.id);
  event.began_ns = closed.began_ns;
  event.size = static_cast<std::size_t>(closed.bytes);
  instance_.events().emit(event, tag_);
}

std::optional<Phase> ThreadState::end_phase() {
  if (phases_.empty()) return std::nullopt;
  const ClosedPhase closed = pop_phase();
  Phase phase;
  phase.name = instance_.phases().name(closed.id);
  phase.bytes_allocated = static_cast<std::size_t>(closed.bytes);
  phase.allocation_count = closed.calls;
  phase.duration_ns = closed.ns;
  emit_phase(closed);
  return phase;
}

std::string_view ThreadState::current_phase() const noexcept {
  return phases_.empty() ? std::string_view()
                         : instance_.phases().name(phases_[phases_.size() - 1].id);
}

}  // namespace framealloc::detail
