// SPDX-License-Identifier: MIT OR Apache-2.0
// Ending a frame whose objects are to live on. The frame is still open while they move, so their
// move constructors may allocate; what they retain then ends with the frame.

#include "facade/facade.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace framealloc::detail {

RetentionBook* find_retention_book(const Instance* instance) noexcept {
  Facade* const facade = facade_of(instance);
  return facade == nullptr ? nullptr : facade->retention.made();
}

RetentionBook* retention_book(const Instance* instance) noexcept {
  Facade* const facade = facade_of(instance);
  if (facade == nullptr) return nullptr;
  return facade->retention.get([facade] {
    Instance& owner = facade->instance;
    return owner.metadata().create<RetentionBook>(owner.metadata(), owner.tags());
  });
}

namespace {

void report_no_record(Instance& instance, FrameArena& arena, std::size_t bytes,
                      const CallSite& site) noexcept {
  instance.report(Code::FA012, "no memory for the records of a retained object", arena.tag(), bytes,
                  instance.limited_source().remaining(), site);
}

}  // namespace

RetainedRecord* new_retained(Instance& instance, FrameArena& arena, const RetainedType& type,
                             const RetentionPolicy& policy, const CallSite& site) noexcept {
  RetentionBook* const book = retention_book(&instance);
  const auto scratch = book == nullptr ? std::nullopt : book->keep(policy.scratch_name());
  if (!scratch) {
    report_no_record(instance, arena, type.size, site);
    return nullptr;
  }
  RetainedRecord* record;
  do {
    record = arena.alloc<RetainedRecord>(site);
    if (record == nullptr) return nullptr;
  } while (!arena.expect_object());
  std::construct_at(record);
  const ThreadState* const mine = instance.find_state();
  record->type = &type;
  record->book = book;
  record->id = book->next_id();
  record->scratch = *scratch;
  record->scratch_capacity = policy.scratch_capacity();
  record->phase = mine == nullptr ? std::string_view() : mine->current_phase();
  record->site = site;
  record->tag = arena.tag();
  record->kind = policy.kind();
  return record;
}

namespace {

std::size_t without(std::size_t whole, std::size_t part) noexcept {
  return whole > part ? whole - part : 0;
}

PromotionFailure failure_of(const Denial& denial) noexcept {
  switch (denial.code) {
    case Code::FA310:
    case Code::FA311:
    case Code::FA312:
      return PromotionFailure::BudgetExceeded;
    case Code::FA021:
      return PromotionFailure::ScratchPoolFull;
    case Code::FA012:
      return PromotionFailure::OutOfMemory;
    case Code::FA011:
      return PromotionFailure::TooLarge;
    default:
      return PromotionFailure::InternalError;
  }
}

// Moves the objects of one frame.
class Promoter {
 public:
  Promoter(Instance& instance, ThreadState* mine, RetentionBook& book,
           PromotionResult& result) noexcept
      : instance_(instance),
        mine_(mine),
        book_(book),
        result_(result),
        filter_(behavior_filter_of(instance)) {}

  // Effect: looks at what the arena holds in the frame `clock`.
  void look_at(FrameArena& arena, const ThreadLedger& ledger, std::uint64_t clock) noexcept;
  // Effect: moves what is to be moved. Requirement: the frame is open.
  void run() noexcept;

 private:
  void count_tags(const FrameArena& arena, const ThreadLedger& ledger,
                  std::uint64_t clock) noexcept;
  void promote(RetainedRecord& record) noexcept;
  [[nodiscard]] void* move(const RetainedRecord& record, PromotionFailure* why) noexcept;
  [[nodiscard]] void* move_to_scratch(const RetainedRecord& record, PromotionFailure* why) noexcept;
  void report(const RetainedRecord& record, std::string_view why) noexcept;
  void select_tag(TagId tag) noexcept;
  void count(const RetainedRecord& record, PromotionKind kind, PromotionFailure why) noexcept;
  void note_behavior(const RetainedRecord& record, PromotionKind where) noexcept {
    if (filter_ != nullptr) filter_->note_retained(record.tag, where, record.type->size);
  }
  [[nodiscard]] PhaseSummary* phase_of(const RetainedRecord& record) noexcept;
  void name_tags() noexcept;

  Instance& instance_;
  ThreadState* mine_;
  RetentionBook& book_;
  PromotionResult& result_;
  BehaviorFilter* filter_;  // null while it is off
  RetainedRecord* records_ = nullptr;
};

void Promoter::look_at(FrameArena& arena, const ThreadLedger& ledger,
                       std::uint64_t clock) noexcept {
  if (arena.slots() == nullptr) return;
  gather_retained(arena, clock, &records_);
  FrameSummary& summary = result_.summary;
  const ArenaView view = arena.view();
  if (view.clock == clock) {
    summary.frame_bytes += view.position + view.fallback;
  } else if (const FrameSlot& slot = arena.slot_of(clock);
             slot.clock.load(std::memory_order_relaxed) == clock) {
    summary.frame_bytes += slot.bytes.load(std::memory_order_relaxed);
  }
  if (summary.by_tag.empty()) {
    const std::size_t tags = instance_.tags().size();
    summary.by_tag = SummaryRows<TagSummary>(instance_.metadata(), tags);
    for (std::size_t i = 0; i < tags && summary.by_tag.push_back({}); ++i) {
    }
  }
  count_tags(arena, ledger, clock);
}

void Promoter::count_tags(const FrameArena& arena, const ThreadLedger& ledger,
                          std::uint64_t clock) noexcept {
  SummaryRows<TagSummary>& rows = result_.summary.by_tag;
  const std::size_t cell = arena.first_cell() + (clock >> 1) % arena.slot_count();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TagCounters* const counters = ledger.find(static_cast<TagId>(i));
    if (counters == nullptr || counters->frames[cell].clock.get() != clock) continue;
    rows[i].discarded_bytes += counters->frames[cell].bytes.get();
  }
  const ArenaView view = arena.view();
  const auto current = static_cast<std::size_t>(view.tag);
  if (view.clock == clock && current < rows.size()) {
    rows[current].discarded_bytes += view.position - view.run_start;
  }
}

void Promoter::run() noexcept {
  const std::size_t total = sort_retained(&records_);
  std::size_t wanted = 0;
  for (RetainedRecord* r = records_; r != nullptr; r = r->next) {
    if (r->kind != RetentionPolicy::Kind::Discard && book_.is_wanted(r->id)) ++wanted;
  }
  result_.promoted = PromotionList(instance_.metadata(), wanted);
  if (result_.promoted.capacity() < wanted) {
    instance_.report(Code::FA012, "no memory for the list of promoted objects", TagId::Untagged,
                     wanted * sizeof(PromotedAllocation), instance_.limited_source().remaining());
  }
  const std::size_t phases = std::min<std::size_t>(total, instance_.phases().size() + 1);
  result_.summary.by_phase = SummaryRows<PhaseSummary>(instance_.metadata(), phases);

  const TagId before = mine_ == nullptr ? TagId::Untagged : mine_->tag();
  for (RetainedRecord* record = records_; record != nullptr;) {
    RetainedRecord* const next = record->next;
    if (record->kind != RetentionPolicy::Kind::Discard && book_.is_wanted(record->id)) {
      promote(*record);
    } else {
      ++result_.summary.discarded_count;
      note_behavior(*record, PromotionKind::Failed);
      if (PhaseSummary* const row = phase_of(*record)) row->discarded_bytes += record->type->size;
    }
    record = next;
  }
  if (mine_ != nullptr) select_tag(before);
  FrameSummary& summary = result_.summary;
  summary.discarded_bytes =
      without(summary.frame_bytes, summary.total_retained_bytes() + summary.failed_bytes);
  name_tags();
}

void Promoter::select_tag(TagId tag) noexcept {
  if (mine_->tag() != tag) mine_->set_tag(tag);
}

void Promoter::promote(RetainedRecord& record) noexcept {
  PromotedAllocation::Facts facts;
  facts.instance = &instance_;
  facts.type = record.type;
  facts.id = record.id;
  facts.tag = book_.path(record.tag);
  facts.phase = record.phase;
  facts.scratch = record.scratch;
  PromotionList& list = result_.promoted;
  void* home = nullptr;
  if (list.size() == list.capacity() || mine_ == nullptr) {
    facts.reason = PromotionFailure::OutOfMemory;
  } else if (record.type->relocate == nullptr) {
    facts.reason = PromotionFailure::NotMovable;
    report(record, "the type has no move constructor");
  } else {
    select_tag(record.tag);
    home = move(record, &facts.reason);
  }
  if (home != nullptr) {
    facts.kind = record.kind == RetentionPolicy::Kind::Pool   ? PromotionKind::Pool
                 : record.kind == RetentionPolicy::Kind::Heap ? PromotionKind::Heap
                                                              : PromotionKind::Scratch;
    let_go_retained(record);
  }
  count(record, facts.kind, facts.reason);
  list.push_back(PromotedAllocation(facts, home));
}

void* Promoter::move(const RetainedRecord& record, PromotionFailure* why) noexcept {
  const RetainedType& type = *record.type;
  if (record.kind == RetentionPolicy::Kind::Scratch) return move_to_scratch(record, why);
  Denial denial;
  void* const home =
      record.kind == RetentionPolicy::Kind::Pool
          ? pool_allocate(instance_, type.size, type.alignment, record.site, &denial)
          : heap_allocate(instance_, type.size, type.alignment, record.site, &denial);
  if (home == nullptr) {
    *why = failure_of(denial);
    return nullptr;
  }
  type.relocate(record.object, home);
  return home;
}

void* Promoter::move_to_scratch(const RetainedRecord& record, PromotionFailure* why) noexcept {
  ScratchRegistry& registry = scratch_of(&instance_);
  const bool exists = registry.exists(record.scratch);
  if (!exists && record.scratch_capacity == 0) {
    *why = PromotionFailure::ScratchPoolNotFound;
    report(record, "there is no scratch pool of that name");
    return nullptr;
  }
  std::size_t capacity = 0;
  Denial denial;
  void* const home = registry.with_pool(
      record.scratch, record.scratch_capacity,
      [&](ScratchPool& pool) -> void* {
        if (denial.code != Code::None) return nullptr;  // there is no pool: the reason stands
        capacity = pool.capacity();
        return record.type->to_scratch(pool, record.object, record.site, denial);
      },
      record.site, &denial);
  if (home != nullptr) return home;
  *why = failure_of(denial);
  if (*why == PromotionFailure::ScratchPoolFull && record.type->size > capacity) {
    *why = PromotionFailure::TooLarge;
  }
  return nullptr;
}

void Promoter::report(const RetainedRecord& record, std::string_view why) noexcept {
  Text<384> message(why);
  message.append(": a ").append(record.type->name).append(" for ");
  if (record.kind == RetentionPolicy::Kind::Scratch) {
    message.append("the scratch pool '").append(record.scratch).append("'");
  } else {
    message.append(record.kind == RetentionPolicy::Kind::Pool ? "the pool" : "the heap");
  }
  message.append(" was destroyed with its frame");
  instance_.report(Code::FA609, message, record.tag, record.type->size, 0, record.site);
}

void Promoter::count(const RetainedRecord& record, PromotionKind kind,
                     PromotionFailure why) noexcept {
  FrameSummary& summary = result_.summary;
  const std::size_t bytes = record.type->size;
  const auto tag = static_cast<std::size_t>(record.tag);
  TagSummary* const by_tag = tag < summary.by_tag.size() ? &summary.by_tag[tag] : nullptr;
  PhaseSummary* const by_phase = phase_of(record);
  note_behavior(record, kind);
  if (by_tag != nullptr) {
    by_tag->discarded_bytes = without(by_tag->discarded_bytes, bytes);
    (kind == PromotionKind::Failed ? by_tag->failed_bytes : by_tag->promoted_bytes) += bytes;
  }
  if (by_phase != nullptr) {
    (kind == PromotionKind::Failed ? by_phase->failed_bytes : by_phase->promoted_bytes) += bytes;
  }
  switch (kind) {
    case PromotionKind::Pool:
      summary.promoted_pool_bytes += bytes;
      ++summary.promoted_pool_count;
      return;
    case PromotionKind::Heap:
      summary.promoted_heap_bytes += bytes;
      ++summary.promoted_heap_count;
      return;
    case PromotionKind::Scratch:
      summary.promoted_scratch_bytes += bytes;
      ++summary.promoted_scratch_count;
      return;
    case PromotionKind::Failed:
      summary.failed_bytes += bytes;
      ++summary.failed_count;
      summary.failures_by_reason.add(why);
      return;
  }
}

// Names of phases are kept once, so their addresses tell them apart.
PhaseSummary* Promoter::phase_of(const RetainedRecord& record) noexcept {
  SummaryRows<PhaseSummary>& rows = result_.summary.by_phase;
  for (PhaseSummary& row : rows) {
    if (row.phase.data() == record.phase.data()) return &row;
  }
  return rows.push_back(PhaseSummary{record.phase}) ? rows.end() - 1 : nullptr;
}

// The rows so far are one for each tag; those of tags without bytes go.
void Promoter::name_tags() noexcept {
  SummaryRows<TagSummary>& rows = result_.summary.by_tag;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TagSummary& row = rows[i];
    if (row.discarded_bytes + row.promoted_bytes + row.failed_bytes == 0) continue;
    rows[kept] = row;
    rows[kept++].tag = book_.path(static_cast<TagId>(i));
  }
  rows.resize_down(kept);
}

void call_handler(const RetentionBook& book, PromotionResult& result) noexcept {
  const PromotionHandler handler = book.told();
  if (handler == nullptr) return;
  for (PromotedAllocation& item : result.promoted) {
    if (item.is_success()) handler(item, book.told_context());
  }
}

// Result: the frame whose memory ends when frame `open` does; 0 when there is none.
std::uint64_t frame_that_dies(std::uint64_t open, unsigned in_flight) noexcept {
  const std::uint64_t back = 2 * (std::uint64_t{in_flight} - 1);
  return clock_is_open(open) && open > back + 1 ? open - back : 0;
}

}  // namespace

PromotionResult end_frame_promoting(Instance* instance, WhoseFrame whose) noexcept {
  PromotionResult result;
  if (instance == nullptr) return result;
  ThreadState* const mine = instance->find_state();
  RetentionBook* const book = retention_book(instance);
  if (book == nullptr) {
    instance->report(Code::FA012, "no memory for the summary of a frame", TagId::Untagged,
                     sizeof(RetentionBook), instance->limited_source().remaining());
  }
  const unsigned in_flight = instance->config().frames_in_flight;
  if (whose == WhoseFrame::Thread) {
    const bool open = mine != nullptr && mine->in_own_frame();
    const std::uint64_t dying =
        open ? frame_that_dies(mine->arena().clock(), in_flight) : std::uint64_t{0};
    if (dying != 0 && book != nullptr) {
      result.summary.frame_number = frame_of(dying);
      Promoter promoter(*instance, mine, *book, result);
      promoter.look_at(mine->arena(), mine->ledger(), dying);
      promoter.run();
    }
    instance->end_thread_frame();
  } else {
    const std::uint64_t dying = frame_that_dies(instance->clock().now(), in_flight);
    if (dying != 0 && book != nullptr) {
      result.summary.frame_number = frame_of(dying);
      Promoter promoter(*instance, mine, *book, result);
      for (ThreadState* s = instance->first_state(); s != nullptr; s = s->next_in_instance) {
        promoter.look_at(s->shared_arena(), s->ledger(), dying);
      }
      promoter.run();
    }
    instance->end_frame();
  }
  if (book != nullptr) call_handler(*book, result);
  return result;
}

}  // namespace framealloc::detail
