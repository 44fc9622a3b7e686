// SPDX-License-Identifier: MIT OR Apache-2.0
// Switching on and off, judging after frames, and the report.
#include "diag/behavior_filter.hpp"

#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/frame/retention_record.hpp>
#include <framealloc/detail/thread/instance.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace framealloc::detail {

namespace {

// What an object takes of a frame, with the record that stands before it.
std::size_t retained_bytes(std::size_t size) noexcept {
  return align_up(sizeof(RetainedRecord), kGranule) + align_up(size, kGranule);
}

}  // namespace

BehaviorFilter::BehaviorFilter(Instance& instance) noexcept
    : instance_(instance),
      rows_(instance.metadata()),
      tables_(instance.metadata()),
      known_(instance.metadata()),
      own_(instance.metadata()) {}

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

void BehaviorFilter::restart() noexcept {
  find_tables();
  for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i].due = true;
  read_counters();
  const std::size_t classes = instance_.pools().classes().size();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const TagBehavior read = rows_[i];
    TagBehavior& mine = rows_[i] = TagBehavior{};
    mine.tables = read.tables;
    mine.classes = read.classes;
    mine.frame.bytes.now = read.frame.bytes.now;
    mine.frame.bytes.restart();
    const auto begin = [](BlockBehavior& blocks, const BlockBehavior& from) {
      blocks.allocations.now = from.allocations.now;
      blocks.frees.now = from.frees.now;
      blocks.bytes = from.bytes;
      blocks.allocations.restart();
      blocks.frees.restart();
      blocks.live_before = blocks.live();
    };
    begin(mine.pool, read.pool);
    begin(mine.heap, read.heap);
    for (std::size_t c = 0; mine.classes != nullptr && c < classes; ++c) {
      mine.classes[c].allocations_seen = mine.classes[c].allocations_now;
      mine.classes[c].frees_seen = mine.classes[c].frees_now;
    }
  }
  own_.clear();
  frames_.store(0, kRelaxed);
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
    const std::uint64_t frames = frames_.load(kRelaxed) + 1;
    frames_.store(frames, kRelaxed);
    find_tables();
    choose_rows(frames);
    read_counters();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].due) settle(rows_[i]);
    }
    look_at_own_frames();
    check = frames % std::max<std::uint64_t>(thresholds_.check_frames, 1) == 0;
  }
  if (check) report_new_issues();
}

void BehaviorFilter::report_new_issues() noexcept {
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
  std::ranges::sort(report.issues, [](const BehaviorIssue& a, const BehaviorIssue& b) {
    if (a.level != b.level) return a.level > b.level;
    return a.code != b.code ? a.code < b.code : a.tag < b.tag;
  });
  return report;
}

BehaviorFilter* behavior_filter_of(const Instance& instance) noexcept {
  return static_cast<BehaviorFilter*>(instance.frame_watcher());
}

}  // namespace framealloc::detail
