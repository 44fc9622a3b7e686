// SPDX-License-Identifier: MIT OR Apache-2.0
// Adding up. Every figure is a sum of counters that one thread each writes; nothing on a hot path
// counts for these.
#include <framealloc/detail/thread/instance.hpp>

#include <framealloc/detail/base/relaxed.hpp>

#include <algorithm>
#include <mutex>

namespace framealloc::detail {

namespace {

// Bytes of one arena in frames that are still valid: the current one and those in flight.
std::size_t valid_bytes(const FrameArena& arena, std::uint64_t now, unsigned in_flight) noexcept {
  if (arena.slots() == nullptr) return 0;
  std::size_t sum;
  std::uint32_t begun;
  do {
    begun = arena.read_begin();
    const ArenaView view = arena.view();
    sum = frame_is_valid(view.clock, now, in_flight) ? view.position : 0;
    for (unsigned i = 0; i < arena.slot_count(); ++i) {
      const FrameSlot& slot = arena.slots()[i];
      const std::uint64_t clock = slot.clock.load(kRelaxed);
      if (clock != view.clock && frame_is_valid(clock, now, in_flight)) {
        sum += slot.bytes.load(kRelaxed);
      }
    }
  } while (arena.read_retry(begun));
  return sum;
}

// Result: false where an arena has nothing under the tag: not in the ledger, nor not yet there.
// Most pairs of a thread and a tag are such, so that they must cost next to nothing.
bool has_figures(const FrameArena& arena, const TagCounters* counters, TagId tag) noexcept {
  return counters != nullptr || arena.tag() == tag;
}

// Bytes of a tag in the valid frames of one arena, as far as its ledger knows them.
std::size_t cell_bytes(const TagCounters& counters, const FrameArena& arena, std::uint64_t now,
                       unsigned in_flight) noexcept {
  std::size_t sum = 0;
  for (unsigned i = 0; i < arena.slot_count(); ++i) {
    const TagCounters::FrameCell& cell = counters.frames[arena.first_cell() + i];
    if (frame_is_valid(cell.clock.get(), now, in_flight)) sum += cell.bytes.get();
  }
  return sum;
}

// The same with those that the ledger does not know yet.
std::size_t valid_tag_bytes(const FrameArena& arena, const TagCounters* counters, TagId tag,
                            std::uint64_t now, unsigned in_flight) noexcept {
  std::size_t sum;
  std::uint32_t begun;
  do {
    begun = arena.read_begin();
    sum = counters == nullptr ? 0 : cell_bytes(*counters, arena, now, in_flight);
    if (arena.tag() == tag) {
      const ArenaView view = arena.view();
      if (frame_is_valid(view.clock, now, in_flight)) sum += view.position - view.run_start;
    }
  } while (arena.read_retry(begun));
  return sum;
}

// What a tag held when the frame before the open one ended.
std::size_t last_frame_bytes(const TagCounters& counters, unsigned which,
                             std::uint64_t clock) noexcept {
  for (unsigned i = 0; i < 4; ++i) {
    const TagCounters::FrameCell& cell = counters.frames[which * 4 + i];
    if (cell.clock.get() == clock) return cell.bytes.get();
  }
  const TagCounters::FrameCell& last = counters.last_frame[which];
  return last.clock.get() == clock ? last.bytes.get() : 0;
}

// Adds what one arena holds for a tag and did for it, ever: what the ledger knows is added by the
// caller, once. Asked for each tag of each thread, so it reads only what can be other than zero:
// the view of the arena where that is under the tag, and cells where the tag has ever had bytes.
void add_frame_figures(TagFigures& stats, const FrameArena& arena, const TagCounters* counters,
                       TagId tag, std::uint64_t now, unsigned in_flight) noexcept {
  if (arena.slots() == nullptr) return;
  const std::uint64_t last = 2 * (clock_is_open(now) ? frame_of(now) - 1 : frame_of(now)) + 1;
  std::size_t held;
  std::size_t bytes;
  std::size_t peak;
  std::size_t last_bytes;
  std::uint32_t begun;
  do {
    begun = arena.read_begin();
    held = bytes = peak = last_bytes = 0;
    if (counters != nullptr && counters->frame_bytes_total.get() != 0) {
      held = cell_bytes(*counters, arena, now, in_flight);
      last_bytes = last_frame_bytes(*counters, arena.first_cell() / 4, last);
    }
    if (arena.tag() == tag) {
      const ArenaView view = arena.view();
      const std::size_t run = view.position - view.run_start;
      const std::size_t pending = view.clock == 0 ? 0 : run;
      if (frame_is_valid(view.clock, now, in_flight)) held += run;
      bytes = view.plain_bytes + pending;
      peak = std::max(view.plain_peak, pending);
      if (view.clock == last) last_bytes += pending;
      if (view.plain_last_clock == last) last_bytes += view.plain_last_bytes;
    }
  } while (arena.read_retry(begun));
  stats.frame_bytes += held;
  stats.bytes_allocated += bytes;
  stats.peak_frame_bytes +=
      std::max(peak, counters == nullptr ? 0 : counters->frame_bytes_peak.get());
  stats.last_frame_bytes += last_bytes;
}

}  // namespace

std::size_t Instance::frame_bytes_of(const ThreadState& state, std::uint64_t now) const noexcept {
  const unsigned in_flight = config_.frames_in_flight;
  std::size_t bytes = valid_bytes(state.shared_arena(), now, in_flight);
  if (const FrameArena* own = state.own_arena()) {
    bytes += valid_bytes(*own, state.own_clock().load(kRelaxed), in_flight);
  }
  return bytes;
}

void Instance::add_ledger(SharedLedger& ledger) noexcept {
  const SharedLedger* head = ledgers_.load(kRelaxed);
  do {
    ledger.next_ledger = head;
  } while (!ledgers_.compare_exchange_weak(head, &ledger, std::memory_order_release, kRelaxed));
}

// Pool and heap, of one tag or of all: of the threads, and of the parts that all threads share.
PoolTotals Instance::block_totals(const TagId* only) const noexcept {
  PoolTotals sum = only == nullptr ? pools_.totals() : pools_.totals(*only);
  const SharedLedger* ledger = ledgers_.load(std::memory_order_acquire);
  for (; ledger != nullptr; ledger = ledger->next_ledger) {
    const LedgerTotals totals = ledger->totals(only);
    sum.heap_bytes += totals.bytes;
    sum.bytes_total += totals.bytes_total;
    sum.allocations += totals.allocations;
    sum.frees += totals.frees;
  }
  return sum;
}

void Instance::note_peak(std::size_t bytes) noexcept {
  std::uint64_t peak = peak_allocated_.load(kRelaxed);
  while (bytes > peak && !peak_allocated_.compare_exchange_weak(peak, bytes, kRelaxed)) {
  }
}

AllocStats Instance::stats() noexcept {
  AllocStats stats;
  std::size_t high_water = 0;
  const std::uint64_t now = clock_.now();
  for (ThreadState* s = first_state(); s != nullptr; s = s->next_in_instance) {
    stats.frame_allocated += frame_bytes_of(*s, now);
    stats.overflow_count += s->overflows();
    stats.allocation_count += s->frame_calls();
    if (s->bound()) ++stats.attached_threads;
    high_water += s->shared_arena().history(0).high_water;
  }
  const PoolTotals totals = block_totals(nullptr);
  stats.pool_allocated = totals.pool_bytes;
  stats.heap_allocated = totals.heap_bytes;
  stats.allocation_count += totals.allocations;
  stats.deallocation_count = totals.frees;
  stats.slab_refill_count = totals.refills;
  stats.deferred_free_count = totals.remote_frees;
  stats.total_allocated = stats.frame_allocated + stats.pool_allocated + stats.heap_allocated;
  stats.reserved = limited_source_.reserved();
  stats.peak_reserved = limited_source_.peak_reserved();
  stats.metadata_bytes = metadata_.bytes_in_use() + home_bytes();
  stats.idle_bytes = chunks_.idle_bytes() + totals.idle_bytes;
  note_peak(std::max(stats.total_allocated, high_water));
  stats.peak_allocated = peak_allocated_.load(kRelaxed);
  return stats;
}

FrameStats Instance::frame_stats() const noexcept {
  FrameStats stats;
  const std::uint64_t now = clock_.now();
  stats.frame_number = frame_of(now);
  stats.open = clock_is_open(now);
  const std::uint64_t current = 2 * stats.frame_number + 1;
  for (const ThreadState* s = first_state(); s != nullptr; s = s->next_in_instance) {
    const FrameArena& arena = s->shared_arena();
    stats.overflow_count += s->overflows();
    stats.arena_reserved += s->arena_reserved();
    if (arena.slots() == nullptr) continue;
    const FrameHistory history = arena.history(current);
    stats.bytes_allocated += history.bytes;
    stats.peak_bytes += history.peak;
    stats.allocation_count += history.calls;
    stats.fallback_bytes += history.fallback;
    stats.wasted_bytes += history.waste;
    stats.high_water += history.high_water;
    if (stats.frame_number > 1) stats.last_frame_bytes += arena.history(current - 2).bytes;
  }
  return stats;
}

TagStats Instance::tag_stats(TagId tag) const {
  const TagFigures figures = tag_figures(tag);
  TagStats stats;
  stats.tag = tags_.path(tag).view();
  stats.current_bytes = figures.current_bytes;
  stats.frame_bytes = figures.frame_bytes;
  stats.pool_bytes = figures.pool_bytes;
  stats.heap_bytes = figures.heap_bytes;
  stats.bytes_allocated = figures.bytes_allocated;
  stats.allocation_count = figures.allocation_count;
  stats.peak_frame_bytes = figures.peak_frame_bytes;
  stats.last_frame_bytes = figures.last_frame_bytes;
  stats.subtree_bytes = figures.current_bytes;
  return stats;
}

TagFigures Instance::tag_figures(TagId tag) const noexcept {
  TagFigures stats;
  stats.id = tag;
  stats.parent = tags_.parent(tag);
  const std::uint64_t now = clock_.now();
  const unsigned in_flight = config_.frames_in_flight;
  for (const ThreadState* s = first_state(); s != nullptr; s = s->next_in_instance) {
    if (s->shared_arena().slots() == nullptr) continue;
    const TagCounters* const counters = s->ledger().find(tag);
    if (counters != nullptr) stats.bytes_allocated += counters->frame_bytes_total.get();
    const auto add = [&](const FrameArena& arena, std::uint64_t clock) {
      if (!has_figures(arena, counters, tag)) return;
      add_frame_figures(stats, arena, counters, tag, clock, in_flight);
    };
    add(s->shared_arena(), now);
    if (const FrameArena* const own = s->own_arena()) add(*own, s->own_clock().load(kRelaxed));
  }
  const PoolTotals totals = block_totals(&tag);
  stats.pool_bytes = totals.pool_bytes;
  stats.heap_bytes = totals.heap_bytes;
  stats.bytes_allocated += totals.bytes_total;
  stats.allocation_count = totals.allocations;
  stats.current_bytes = stats.frame_bytes + stats.pool_bytes + stats.heap_bytes;
  return stats;
}

void Instance::visit_tags(const FigureVisitor<TagFigures>& visit) const {
  const std::size_t count = tags_.size();
  for (std::size_t i = 0; i < count; ++i) {
    TagFigures figures = tag_figures(tag_at(i));
    const TagPath path = tags_.path(tag_at(i));
    figures.tag = path.view();
    figures.name = tags_.name(tag_at(i));
    visit(figures);
  }
}

void Instance::visit_threads(const FigureVisitor<ThreadFigures>& visit) const {
  const std::uint64_t clock = 2 * frame_number() + 1;
  for (const ThreadState* s = first_state(); s != nullptr; s = s->next_in_instance) {
    if (!s->bound()) continue;
    ThreadName name;
    {
      const std::lock_guard guard(s->lifecycle.lock);
      name = s->lifecycle.name;
    }
    const PoolTotals totals = pools_.totals_of(s->pools());
    ThreadFigures figures;
    figures.id = s->id();
    figures.name = name.view();
    figures.frame_bytes = s->shared_arena().history(clock).bytes;
    figures.pool_bytes = totals.pool_bytes;
    figures.heap_bytes = totals.heap_bytes;
    figures.peak_frame_bytes = s->shared_arena().history(0).high_water;
    figures.reserved_bytes = s->arena_reserved();
    figures.frame_limit = s->budget().frame_limit();
    figures.pool_limit = s->budget().pool_limit();
    figures.pool_used = s->pools().bytes_in_use();
    visit(figures);
  }
}

void Instance::visit_budgets(const FigureVisitor<BudgetFigures>& visit) const {
  if (budgets_ != nullptr) budgets_->visit(visit);
}

std::size_t Instance::bytes_of(TagId tag) const noexcept {
  const std::uint64_t now = clock_.now();
  const unsigned in_flight = config_.frames_in_flight;
  const PoolTotals totals = block_totals(&tag);
  std::size_t bytes = totals.pool_bytes + totals.heap_bytes;
  for (const ThreadState* s = first_state(); s != nullptr; s = s->next_in_instance) {
    if (s->shared_arena().slots() == nullptr) continue;
    const TagCounters* const counters = s->ledger().find(tag);
    const auto add = [&](const FrameArena& arena, std::uint64_t clock) {
      if (!has_figures(arena, counters, tag)) return;
      bytes += valid_tag_bytes(arena, counters, tag, clock, in_flight);
    };
    add(s->shared_arena(), now);
    if (const FrameArena* const own = s->own_arena()) add(*own, s->own_clock().load(kRelaxed));
  }
  return bytes;
}

TagId Instance::holder_of_most(std::size_t* bytes, const TagId* under) const noexcept {
  TagId holder = TagId::Untagged;
  *bytes = 0;
  const std::size_t count = tags_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto tag = static_cast<TagId>(i);
    if (under != nullptr && !is_charged_to(tags_, tag, *under)) continue;
    const std::size_t held = bytes_of(tag);
    if (held <= *bytes) continue;
    *bytes = held;
    holder = tag;
  }
  return holder;
}

const ThreadState* Instance::thread_with_most(TagId tag, std::size_t* bytes) const noexcept {
  const std::uint64_t now = clock_.now();
  const unsigned in_flight = config_.frames_in_flight;
  const ThreadState* most = nullptr;
  *bytes = 0;
  for (const ThreadState* s = first_state(); s != nullptr; s = s->next_in_instance) {
    if (s->shared_arena().slots() == nullptr) continue;
    const TagCounters* const counters = s->ledger().find(tag);
    std::size_t held = valid_tag_bytes(s->shared_arena(), counters, tag, now, in_flight);
    if (const FrameArena* const own = s->own_arena()) {
      held += valid_tag_bytes(*own, counters, tag, s->own_clock().load(kRelaxed), in_flight);
    }
    const PoolTotals blocks = pools_.totals_of(s->pools(), tag);
    held += blocks.pool_bytes + blocks.heap_bytes;
    if (held <= *bytes) continue;
    *bytes = held;
    most = s;
  }
  return most;
}

TagStats Instance::tag_stats(std::string_view tag) const {
  const TagId exact = tags_.find_path(tag);
  if (exact != TagId::Untagged || tag.empty()) {
    TagStats stats = tag_stats(exact);
    for (std::size_t i = 0; i < tags_.size(); ++i) {
      const auto below = static_cast<TagId>(i);
      if (below == exact || !tags_.is_within(below, exact)) continue;
      stats.subtree_bytes += tag_figures(below).current_bytes;
    }
    return stats;
  }
  // No such path: every tag whose last component it is, as "physics" in "game::physics". What is
  // below several of them is in the subtree of each.
  TagStats sum;
  sum.tag = tag;
  for (std::size_t i = 1; i < tags_.size(); ++i) {
    const TagId id = tag_at(i);
    std::size_t named = 0;
    for (TagId at = id; at != TagId::Untagged; at = tags_.parent(at)) {
      if (tags_.name(at) == tag) ++named;
    }
    if (named == 0) continue;
    const TagFigures one = tag_figures(id);
    sum.subtree_bytes += named * one.current_bytes;
    if (tags_.name(id) != tag) continue;
    sum.current_bytes += one.current_bytes;
    sum.frame_bytes += one.frame_bytes;
    sum.pool_bytes += one.pool_bytes;
    sum.heap_bytes += one.heap_bytes;
    sum.bytes_allocated += one.bytes_allocated;
    sum.allocation_count += one.allocation_count;
    sum.peak_frame_bytes += one.peak_frame_bytes;
    sum.last_frame_bytes += one.last_frame_bytes;
  }
  return sum;
}

}  // namespace framealloc::detail
