// SPDX-License-Identifier: MIT OR Apache-2.0
// Collecting. Everything is a difference of counters that exist anyway.
#include <framealloc/diag/behavior_filter.hpp>

#include <framealloc/frame/retention_record.hpp>
#include <framealloc/thread/instance.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace framealloc::detail {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

TagId tag_at(std::size_t index) noexcept {
  return static_cast<TagId>(static_cast<std::uint16_t>(index));
}

std::uint64_t above(std::uint64_t whole, std::uint64_t part) noexcept {
  return whole > part ? whole - part : 0;
}

void note_use(std::uint64_t& first, std::uint64_t& last, std::uint64_t frame) noexcept {
  if (first == 0) first = frame;
  last = frame;
}

// What an object takes of a frame, with the record that stands before it.
std::size_t retained_bytes(std::size_t size) noexcept {
  return align_up(sizeof(RetainedRecord), kGranule) + align_up(size, kGranule);
}

}  // namespace

BehaviorFilter::BehaviorFilter(Instance& instance) noexcept
    : instance_(instance), rows_(instance.metadata()), own_(instance.metadata()) {}

BehaviorFilter::~BehaviorFilter() {
  if (enabled()) disable();
  const std::size_t bytes = instance_.pools().classes().size() * sizeof(ClassReading);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].classes != nullptr) instance_.metadata().deallocate(rows_[i].classes, bytes);
  }
}

bool BehaviorFilter::enable() noexcept {
  if (enabled()) return true;
  {
    const std::lock_guard guard(lock_);
    if (!make_rows()) return false;
    restart();
  }
  enabled_.store(true, kRelaxed);
  instance_.watch_frames(this);
  return true;
}

void BehaviorFilter::disable() noexcept {
  instance_.watch_frames(nullptr);
  enabled_.store(false, kRelaxed);
}

void BehaviorFilter::reset() noexcept {
  const std::lock_guard guard(lock_);
  restart();
}

void BehaviorFilter::set_thresholds(const BehaviorThresholds& thresholds) noexcept {
  const std::lock_guard guard(lock_);
  thresholds_ = thresholds;
}

BehaviorThresholds BehaviorFilter::thresholds() const noexcept {
  const std::lock_guard guard(lock_);
  return thresholds_;
}

// Rarely more than a look: the memory source is called under the lock when there are new tags.
bool BehaviorFilter::make_rows() noexcept {
  const std::size_t tags = instance_.tags().size();
  while (rows_.size() < tags) {
    if (!rows_.push_back(TagBehavior{})) return false;
  }
  return true;
}

TagBehavior* BehaviorFilter::row(TagId tag) noexcept {
  const auto index = static_cast<std::size_t>(tag);
  return index < rows_.size() ? &rows_[index] : nullptr;
}

void BehaviorFilter::on_ledger(TagId tag, const TagCounters& counters) noexcept {
  TagBehavior* const mine = row(tag);
  if (mine == nullptr) return;
  mine->frame.bytes.now += counters.frame_bytes_total.get();
  mine->pool.frees.now += counters.pool_remote_frees.get();
  mine->pool.bytes -= counters.pool_remote_bytes.get();
  mine->heap.frees.now += counters.heap_frees.get();
  mine->heap.allocations.now += counters.heap_allocations.get();
  mine->heap.bytes += counters.heap_bytes_in.get() - counters.heap_bytes_out.get();
}

void BehaviorFilter::on_table(const PoolTable& table) noexcept {
  TagBehavior* const mine = row(table.tag);
  if (mine == nullptr) return;
  const bool pool = table.kind == AllocKind::Pool;
  if (pool && mine->classes == nullptr) {
    void* const memory = instance_.metadata().allocate(table.list_count * sizeof(ClassReading));
    // Without memory the tag is judged as a whole.
    if (memory != nullptr) {
      mine->classes = static_cast<ClassReading*>(memory);
      std::uninitialized_value_construct_n(mine->classes, table.list_count);
    }
  }
  BlockBehavior& blocks = pool ? mine->pool : mine->heap;
  for (std::size_t i = 0; i < table.list_count; ++i) {
    const ClassList& list = table.lists[i];
    const std::uint64_t frees = list.local_frees.get();
    const std::uint64_t allocations = list.allocations.get();
    if (allocations == 0 && frees == 0) continue;  // adopted blocks are freed where none were made
    blocks.allocations.now += allocations;
    blocks.frees.now += frees;
    blocks.bytes += (allocations - frees) * list.block_size;
    if (!pool || mine->classes == nullptr) continue;
    mine->classes[i].allocations.now += allocations;
    mine->classes[i].frees.now += frees;
  }
  if (!pool) return;
  blocks.allocations.now += table.large_allocations.get();
  blocks.bytes += table.large_bytes.get();
}

// What arenas have handed out under the tag that is current, which the ledger does not know yet.
void BehaviorFilter::add_views() noexcept {
  const auto add = [this](const FrameArena& arena) {
    if (arena.slots() == nullptr) return;
    const ArenaView view = arena.view();
    TagBehavior* const mine = row(view.tag);
    if (mine == nullptr) return;
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
    mine.frame.bytes.now = 0;
    for (BlockBehavior* const blocks : {&mine.pool, &mine.heap}) {
      blocks->allocations.now = blocks->frees.now = blocks->bytes = 0;
    }
    for (std::size_t c = 0; mine.classes != nullptr && c < classes; ++c) {
      mine.classes[c].allocations.now = mine.classes[c].frees.now = 0;
    }
  }
  instance_.pools().visit_traffic(*this);
  add_views();
}

void BehaviorFilter::restart() noexcept {
  read_counters();
  const std::size_t classes = instance_.pools().classes().size();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const TagBehavior read = rows_[i];
    TagBehavior& mine = rows_[i] = TagBehavior{};
    mine.frame.bytes.now = read.frame.bytes.now;
    mine.frame.bytes.restart();
    const auto begin = [](BlockBehavior& blocks, const BlockBehavior& from) {
      blocks.allocations.now = from.allocations.now;
      blocks.frees.now = from.frees.now;
      blocks.bytes = from.bytes;
      blocks.allocations.restart();
      blocks.frees.restart();
      blocks.live_before = above(from.allocations.now, from.frees.now);
    };
    begin(mine.pool, read.pool);
    begin(mine.heap, read.heap);
    mine.classes = read.classes;
    for (std::size_t c = 0; mine.classes != nullptr && c < classes; ++c) {
      mine.classes[c].allocations.restart();
      mine.classes[c].frees.restart();
    }
  }
  own_.clear();
  frames_.store(0, kRelaxed);
}

void BehaviorFilter::settle_blocks(BlockBehavior& blocks) noexcept {
  const std::uint64_t fresh = blocks.allocations.settle();
  blocks.frees.settle();
  if (fresh != 0) note_use(blocks.first_frame, blocks.last_frame, frames_.load(kRelaxed));
  const std::uint64_t live = above(blocks.allocations.seen, blocks.frees.seen);
  blocks.block_frames += above(live, blocks.live_before);
  const auto held = static_cast<std::int64_t>(blocks.bytes);
  blocks.bytes = held > 0 ? blocks.bytes : 0;
  blocks.peak_bytes = std::max<std::size_t>(blocks.peak_bytes, blocks.bytes);
}

void BehaviorFilter::settle(TagBehavior& mine) noexcept {
  FrameBehavior& frame = mine.frame;
  frame.last_bytes = frame.bytes.settle();
  frame.peak_bytes = std::max(frame.peak_bytes, frame.last_bytes);
  if (frame.last_bytes != 0) note_use(frame.first_frame, frame.last_frame, frames_.load(kRelaxed));

  const BlockBehavior& pool = mine.pool;
  const std::uint64_t live_before = above(pool.allocations.seen, pool.frees.seen);
  const std::uint64_t allocations_before = pool.allocations.since;
  const std::uint64_t frees_before = pool.frees.since;
  settle_blocks(mine.pool);
  settle_blocks(mine.heap);
  const std::uint64_t fresh = pool.allocations.since - allocations_before;
  const std::uint64_t freed = pool.frees.since - frees_before;
  // No more blocks than were in use when the frame began can have been freed of those; any further
  // free is of a block of this frame. By size class that says more than over all.
  std::uint64_t least = above(freed, live_before);
  std::uint64_t by_class = 0;
  const std::size_t classes = instance_.pools().classes().size();
  for (std::size_t c = 0; mine.classes != nullptr && c < classes; ++c) {
    ClassReading& one = mine.classes[c];
    if (one.allocations.now == one.allocations.seen && one.frees.now == one.frees.seen) continue;
    // Frees by other threads are known by tag only: so many may be too many, never too few.
    const std::uint64_t live = std::min(above(one.allocations.seen, one.frees.seen), live_before);
    one.allocations.settle();
    by_class += above(one.frees.settle(), live);
  }
  const std::uint64_t most = std::min(fresh, freed);
  least = std::min(std::max(least, by_class), most);
  mine.same_frame_least += least;
  mine.same_frame_most += most;
}

void BehaviorFilter::look_at_own_frames() noexcept {
  std::size_t states = 0;
  for (const ThreadState* s = instance_.first_state(); s != nullptr; s = s->next_in_instance) {
    ++states;
  }
  std::size_t index = states;
  for (const ThreadState* s = instance_.first_state(); s != nullptr && index != 0;
       s = s->next_in_instance) {
    --index;  // newest first
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
    const TagCounters* const counters = state.ledger().find(tag_at(i));
    bool holds = counters != nullptr && counters->frames[cell].clock.get() == clock &&
                 counters->frames[cell].bytes.get() != 0;
    holds =
        holds || (view.tag == tag_at(i) && view.clock == clock && view.position > view.run_start);
    if (!holds) continue;
    FrameBehavior& frame = rows_[i].frame;
    std::uint64_t& word = seen.counted[i / 64];
    const std::uint64_t bit = std::uint64_t{1} << (i % 64);
    if ((word & bit) == 0) ++frame.long_data;
    word |= bit;
    ++frame.long_sightings;
    note_use(frame.first_frame, frame.last_frame, frames_.load(kRelaxed));
  }
}

void BehaviorFilter::note_retained(TagId tag, PromotionKind where, std::size_t bytes) noexcept {
  const std::lock_guard guard(lock_);
  (void)make_rows();
  TagBehavior* const mine = row(tag);
  if (mine == nullptr) return;
  ++mine->frame.objects;
  if (where == PromotionKind::Failed) return;
  ++mine->frame.promoted;
  mine->frame.survived_bytes += retained_bytes(bytes);
  if (where == PromotionKind::Pool) ++mine->pool.promoted_in;
  if (where == PromotionKind::Heap) ++mine->heap.promoted_in;
}

void BehaviorFilter::on_frame_end() noexcept {
  bool check = false;
  {
    const std::lock_guard guard(lock_);
    (void)make_rows();  // tags without a row are looked at once there is memory
    read_counters();
    const std::uint64_t frames = frames_.load(kRelaxed) + 1;
    frames_.store(frames, kRelaxed);
    for (std::size_t i = 0; i < rows_.size(); ++i) settle(rows_[i]);
    look_at_own_frames();
    check = frames % std::max<std::uint64_t>(thresholds_.check_frames, 1) == 0;
  }
  if (check) tell_new_issues();
}

void BehaviorFilter::tell_new_issues() noexcept {
  for (std::size_t i = 0;; ++i) {
    BehaviorFinding findings[kBehaviorRules];
    std::size_t count = 0;
    std::uint8_t fresh = 0;
    {
      const std::lock_guard guard(lock_);
      if (i >= rows_.size()) return;
      TagBehavior& mine = rows_[i];
      count = judge_behavior(mine, thresholds_, frames_.load(kRelaxed), findings);
      std::uint8_t broken = 0;
      for (std::size_t f = 0; f < count; ++f) {
        broken |= static_cast<std::uint8_t>(1U << findings[f].rule);
      }
      fresh = broken & static_cast<std::uint8_t>(~mine.told);
      mine.told = broken;  // what goes and comes back is told again
    }
    for (std::size_t f = 0; f < count; ++f) {
      if ((fresh >> findings[f].rule & 1U) == 0) continue;
      instance_.report(findings[f].code, behavior_message(findings[f]), tag_at(i));
    }
  }
}

BehaviorReport BehaviorFilter::report() const {
  BehaviorReport report;
  report.filter_enabled = enabled();
  // The rows are copied first, into memory that is had without the lock.
  std::vector<TagBehavior> rows;
  for (std::size_t wanted = instance_.tags().size();; wanted *= 2) {
    rows.reserve(wanted);
    const std::lock_guard guard(lock_);
    if (rows_.size() > rows.capacity()) continue;
    for (std::size_t i = 0; i < rows_.size(); ++i) rows.push_back(rows_[i]);
    report.thresholds = thresholds_;
    report.frames_analyzed = frames_.load(kRelaxed);
    break;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string tag(instance_.tags().path(tag_at(i)).view());
    for (const AllocKind kind : {AllocKind::Frame, AllocKind::Pool, AllocKind::Heap}) {
      BehaviorStats stats = behavior_stats(rows[i], kind, report.frames_analyzed);
      if (stats.first_seen_frame == 0 && stats.total_allocs == 0) continue;
      stats.tag = tag;
      report.stats.push_back(std::move(stats));
    }
    BehaviorFinding findings[kBehaviorRules];
    const std::size_t count =
        judge_behavior(rows[i], report.thresholds, report.frames_analyzed, findings);
    for (std::size_t f = 0; f < count; ++f) {
      const CodeInfo& info = code_info(findings[f].code);
      report.issues.push_back({findings[f].code, info.severity, tag, findings[f].kind,
                               findings[f].value, findings[f].threshold,
                               std::string(behavior_message(findings[f]).view()), info.help});
    }
  }
  std::ranges::stable_sort(report.issues, [](const BehaviorIssue& a, const BehaviorIssue& b) {
    return a.level != b.level ? a.level > b.level : a.code < b.code;
  });
  return report;
}

BehaviorFilter* behavior_filter_of(const Instance& instance) noexcept {
  return static_cast<BehaviorFilter*>(instance.frame_watcher());
}

}  // namespace framealloc::detail
