// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading the counters after a frame. Everything is a difference of what is counted anyway.
#include "diag/behavior_filter.hpp"

#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/thread/instance.hpp>

#include <algorithm>
#include <memory>

namespace framealloc::detail {

namespace {

std::uint64_t above(std::uint64_t whole, std::uint64_t part) noexcept {
  return whole > part ? whole - part : 0;
}

void note_use(std::uint64_t& first, std::uint64_t& last, std::uint64_t frame) noexcept {
  if (first == 0) first = frame;
  last = frame;
}

std::size_t count_states(const Instance& instance) noexcept {
  std::size_t states = 0;
  for (const ThreadState* s = instance.first_state(); s != nullptr; s = s->next_in_instance) {
    ++states;
  }
  return states;
}

}  // namespace

// Tables that threads have made since the last time; they are few, and never go.
void BehaviorFilter::find_tables() noexcept {
  std::size_t index = count_states(instance_);
  for (const ThreadState* s = instance_.first_state(); s != nullptr && index != 0;
       s = s->next_in_instance) {
    --index;  // newest first
    while (known_.size() <= index) {
      if (!known_.push_back(KnownTables{})) return;
    }
    const PoolTable* const head = s->pools().tables();
    for (const PoolTable* table = head; table != known_[index].newest; table = table->next) {
      TagBehavior* const mine = row(table->tag);
      // What there is no memory for stays out of the figures.
      if (mine == nullptr || !tables_.push_back({table, mine->tables})) continue;
      mine->tables = static_cast<std::uint32_t>(tables_.size() - 1);
    }
    known_[index].newest = head;
  }
}

void BehaviorFilter::choose_rows(std::uint64_t frame) noexcept {
  // A thread's ledger costs an eighth of a table, roughly.
  const std::size_t work = tables_.size() + known_.size() * rows_.size() / 8;
  const std::size_t turns = work / kTablesPerFrame + 1;
  const std::size_t turn = static_cast<std::size_t>((frame - 1) / 2) % turns;
  for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i].due = i % turns == turn;
}

void BehaviorFilter::read_ledgers(TagBehavior& mine, TagId tag) noexcept {
  const auto add = [&](const ThreadLedger& ledger) {
    const TagCounters* const counters = ledger.find(tag);
    if (counters == nullptr) return;
    mine.frame.bytes.now += counters->frame_bytes_total.get();
    mine.pool.frees.now += counters->pool_remote_frees.get();
    mine.pool.allocations.now += counters->pool_large_allocations.get();
    mine.pool.bytes += counters->pool_large_bytes.get() - counters->pool_remote_bytes.get();
    mine.heap.frees.now += counters->heap_frees.get();
    mine.heap.allocations.now += counters->heap_allocations.get();
    mine.heap.bytes += counters->heap_bytes_in.get() - counters->heap_bytes_out.get();
  };
  add(instance_.pools().strays());
  for (const ThreadState* s = instance_.first_state(); s != nullptr; s = s->next_in_instance) {
    add(s->ledger());
  }
}

void BehaviorFilter::read_table(TagBehavior& mine, const PoolTable& table) noexcept {
  const bool pool = table.kind == AllocKind::Pool;
  BlockBehavior& blocks = pool ? mine.pool : mine.heap;
  const ClassList* next = table.first_list->load(std::memory_order_acquire);
  for (; next != nullptr; next = next->next_in_table) {
    const ClassList& list = *next;
    // Frees first: a block that comes and goes during this is at worst counted as still in use.
    const std::uint64_t frees = list.local_frees.get();
    const std::uint64_t allocations = list.allocations.get();
    if (allocations == 0 && frees == 0) continue;
    blocks.allocations.now += allocations;
    blocks.frees.now += frees;
    blocks.bytes += (allocations - frees) * list.block_size;
    if (!pool) continue;
    if (mine.classes == nullptr) {
      void* const memory = instance_.metadata().allocate(table.list_count * sizeof(ClassReading));
      if (memory == nullptr) continue;  // the tag is judged as a whole
      mine.classes = static_cast<ClassReading*>(memory);
      std::uninitialized_value_construct_n(mine.classes, table.list_count);
    }
    mine.classes[list.class_index].allocations_now += allocations;
    mine.classes[list.class_index].frees_now += frees;
  }
}

// What arenas have handed out under the tag that is current, which the ledger does not know yet.
void BehaviorFilter::add_views() noexcept {
  const auto add = [this](const FrameArena& arena) {
    if (arena.slots() == nullptr) return;
    const ArenaView view = arena.view();
    TagBehavior* const mine = row(view.tag);
    if (mine == nullptr || !mine->due) return;
    mine->frame.bytes.now +=
        view.plain_bytes + (view.clock == 0 ? 0 : above(view.position, view.run_start));
  };
  for (const ThreadState* s = instance_.first_state(); s != nullptr; s = s->next_in_instance) {
    add(s->shared_arena());
    if (const FrameArena* const own = s->own_arena()) add(*own);
  }
}

void BehaviorFilter::read_counters() noexcept {
  const std::size_t classes = instance_.pools().classes().size();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    TagBehavior& mine = rows_[i];
    if (!mine.due) continue;
    mine.frame.bytes.now = 0;
    for (BlockBehavior* const blocks : {&mine.pool, &mine.heap}) {
      blocks->allocations.now = blocks->frees.now = blocks->bytes = 0;
    }
    for (std::size_t c = 0; mine.classes != nullptr && c < classes; ++c) {
      mine.classes[c].allocations_now = mine.classes[c].frees_now = 0;
    }
    read_ledgers(mine, tag_at(i));
    for (std::uint32_t t = mine.tables; t != TagBehavior::kNoTable; t = tables_[t].next) {
      read_table(mine, *tables_[t].table);
    }
  }
  add_views();
}

void BehaviorFilter::settle_blocks(BlockBehavior& blocks, std::uint64_t gap) noexcept {
  const auto counted = [&blocks] { return above(blocks.live(), blocks.live_before); };
  const std::uint64_t before = counted();
  const std::uint64_t fresh = blocks.allocations.settle();
  blocks.frees.settle();
  if (fresh != 0) note_use(blocks.first_frame, blocks.last_frame, frames_.load(kRelaxed));
  // Frames between two readings are taken to be half way between them.
  blocks.block_frames += counted() + (gap - 1) * (before + counted()) / 2;
  const auto held = static_cast<std::int64_t>(blocks.bytes);
  blocks.bytes = held > 0 ? blocks.bytes : 0;
  blocks.peak_bytes = std::max<std::size_t>(blocks.peak_bytes, blocks.bytes);
}

// No more blocks than were in use when the frame began can have been freed of those; any further
// free is of a block of this frame. By size class that says more than over all.
void BehaviorFilter::settle_same_frame(TagBehavior& mine, std::uint64_t live_before,
                                       std::uint64_t fresh, std::uint64_t freed,
                                       bool one_frame) noexcept {
  std::uint64_t by_class = 0;
  const std::size_t classes = instance_.pools().classes().size();
  for (std::size_t c = 0; mine.classes != nullptr && c < classes; ++c) {
    ClassReading& one = mine.classes[c];
    // Frees by other threads are known by tag only: so many may be too many, never too few.
    const std::uint64_t live = std::min(above(one.allocations_seen, one.frees_seen), live_before);
    by_class += above(above(one.frees_now, one.frees_seen), live);
    one.allocations_seen = one.allocations_now;
    one.frees_seen = one.frees_now;
  }
  if (!one_frame) return;
  const std::uint64_t most = std::min(fresh, freed);
  mine.same_frame_samples += fresh;
  mine.same_frame_least += std::min(std::max(above(freed, live_before), by_class), most);
  mine.same_frame_most += most;
}

void BehaviorFilter::settle(TagBehavior& mine) noexcept {
  const std::uint64_t now = frames_.load(kRelaxed);
  const std::uint64_t gap = mine.gap = std::max<std::uint64_t>(now - mine.read_frame, 1);
  mine.read_frame = now;
  FrameBehavior& frame = mine.frame;
  frame.last_bytes = frame.bytes.settle() / gap;
  frame.peak_bytes = std::max(frame.peak_bytes, frame.last_bytes);
  if (frame.last_bytes != 0) note_use(frame.first_frame, frame.last_frame, now);

  const BlockBehavior& pool = mine.pool;
  const std::uint64_t live_before = pool.live();
  const std::uint64_t allocations_before = pool.allocations.since;
  const std::uint64_t frees_before = pool.frees.since;
  settle_blocks(mine.pool, gap);
  settle_blocks(mine.heap, gap);
  settle_same_frame(mine, live_before, pool.allocations.since - allocations_before,
                    pool.frees.since - frees_before, gap == 1);
}

void BehaviorFilter::look_at_own_frames() noexcept {
  std::size_t index = count_states(instance_);
  for (const ThreadState* s = instance_.first_state(); s != nullptr && index != 0;
       s = s->next_in_instance) {
    --index;
    const std::uint64_t clock = s->own_clock().load(std::memory_order_acquire);
    if (s->own_arena() == nullptr || !clock_is_open(clock)) continue;
    while (own_.size() <= index) {
      if (!own_.push_back(OwnFrame{})) return;
    }
    look_at_own_frame(*s, own_[index], clock);
  }
}

// The frame of a thread outlives the shared frame that has just ended, and so does all it holds.
void BehaviorFilter::look_at_own_frame(const ThreadState& state, OwnFrame& seen,
                                       std::uint64_t clock) noexcept {
  if (seen.clock != clock) seen = OwnFrame{.clock = clock};
  const FrameArena& arena = *state.own_arena();
  const std::size_t cell = arena.first_cell() + (clock >> 1) % arena.slot_count();
  const ArenaView view = arena.view();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (!rows_[i].due) continue;
    const TagCounters* const counters = state.ledger().find(tag_at(i));
    bool holds = counters != nullptr && counters->frames[cell].clock.get() == clock &&
                 counters->frames[cell].bytes.get() != 0;
    holds =
        holds || (view.tag == tag_at(i) && view.clock == clock && view.position > view.run_start);
    if (!holds) continue;
    FrameBehavior& frame = rows_[i].frame;
    std::uint64_t& word = seen.counted[i / 64];
    const std::uint64_t bit = std::uint64_t{1} << (i % 64);
    const bool counted = (word & bit) != 0;
    if (!counted) ++frame.long_data;
    word |= bit;
    frame.long_sightings += counted ? rows_[i].gap : 1;
    note_use(frame.first_frame, frame.last_frame, frames_.load(kRelaxed));
  }
}

}  // namespace framealloc::detail
