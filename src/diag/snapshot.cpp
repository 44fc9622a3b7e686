// SPDX-License-Identifier: MIT OR Apache-2.0
// Collecting a snapshot.
#include <framealloc/snapshot.hpp>

#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/leak_report.hpp>
#include <framealloc/transfer.hpp>
#include "diag/behavior_filter.hpp"
#include "os/process.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

namespace framealloc {

namespace {

using detail::Instance;

std::optional<SnapshotBudget> budget_of(std::size_t limit, std::size_t used) {
  if (limit == 0) return std::nullopt;
  return SnapshotBudget{limit, used};
}

SnapshotThread thread_of(const ThreadFigures& figures) {
  SnapshotThread thread;
  thread.id = std::to_string(figures.id.value);
  thread.name = figures.name;
  if (thread.name.empty()) thread.name.append("thread ").append(thread.id);
  thread.frame_bytes = figures.frame_bytes;
  thread.pool_bytes = figures.pool_bytes;
  thread.heap_bytes = figures.heap_bytes;
  thread.peak_bytes = figures.peak_frame_bytes;
  thread.reserved_bytes = figures.reserved_bytes;
  thread.budget = budget_of(figures.frame_limit, figures.frame_bytes);
  thread.pool_budget = budget_of(figures.pool_limit, figures.pool_used);
  return thread;
}

// What the behavior filter says, by tag and kind.
class Behavior {
 public:
  explicit Behavior(const Instance& instance) {
    if (const auto* const filter = detail::behavior_filter_of(instance)) report_ = filter->report();
    for (const BehaviorStats& stats : report_.stats)
      stats_.emplace(Key(stats.tag, stats.kind), &stats);
    for (const BehaviorIssue& issue : report_.issues) {
      issues_.emplace(Key(issue.tag, issue.kind), &issue);
    }
  }
  void add_to(SnapshotTag& tag) const {
    const Key key(tag.path, tag.kind);
    if (const auto found = stats_.find(key); found != stats_.end()) {
      tag.avg_lifetime_frames = found->second->avg_lifetime_frames();
      tag.promotion_rate = found->second->promotion_rate();
    }
    const auto [first, last] = issues_.equal_range(key);
    for (auto issue = first; issue != last; ++issue) {
      tag.diagnostics.emplace_back(code_info(issue->second->code).id);
    }
  }
  void add_to(Snapshot& snapshot) const {
    for (const BehaviorIssue& issue : report_.issues) {
      snapshot.add_diagnostic({std::string(code_info(issue.code).id), issue.tag, issue.message});
    }
  }

 private:
  using Key = std::pair<std::string_view, AllocKind>;
  BehaviorReport report_;
  std::map<Key, const BehaviorStats*> stats_;
  std::multimap<Key, const BehaviorIssue*> issues_;  // of a key in the order of the report
};

void add_kind(Snapshot& snapshot, const Behavior& behavior, const TagFigures& figures,
              AllocKind kind, std::size_t bytes, std::uint64_t count) {
  if (bytes == 0 && count == 0) return;
  SnapshotTag tag;
  tag.path = figures.tag;
  tag.thread.push_back('*');
  tag.kind = kind;
  tag.alloc_count = count;
  tag.bytes = bytes;
  behavior.add_to(tag);
  snapshot.add_tag(std::move(tag));
}

// Devices as they are shown: each, then its heaps and tags.
class Devices {
 public:
  explicit Devices(Snapshot& snapshot) : snapshot_(snapshot) {}
  void operator()(const DeviceFigures& figures) {
    SnapshotDevice device;
    device.name = name_for(figures.device);
    device.totals = figures;
    device.totals.device = {};
    snapshot_.add_device(std::move(device));
  }
  void operator()(const DeviceHeapFigures& figures) {
    snapshot_.devices.back().heaps.push_back(figures);
    snapshot_.devices.back().heaps.back().device = {};
  }
  void operator()(const DeviceTagFigures& figures) {
    snapshot_.devices.back().tags.push_back({std::string(figures.tag), figures.bytes,
                                             figures.peak_bytes, figures.subtree_bytes,
                                             figures.limit, figures.denials});
  }

 private:
  // A machine may have two of one kind.
  [[nodiscard]] std::string name_for(std::string_view name) const {
    std::string wanted(name);
    for (std::size_t number = 2; is_taken(wanted); ++number) {
      wanted.assign(name).append(" #").append(std::to_string(number));
    }
    return wanted;
  }
  [[nodiscard]] bool is_taken(std::string_view name) const {
    return std::ranges::find(snapshot_.devices, name, &SnapshotDevice::name) !=
           snapshot_.devices.end();
  }
  Snapshot& snapshot_;
};

// The places that hold most; they are known at check level 1.
void add_sites(Snapshot& snapshot, Instance& instance) {
  if (!instance.pools().checked()) return;
  for (LeakGroup& group : make_leak_report(instance).groups) {
    if (!group.site.known()) continue;
    snapshot.sites.push_back({group.site.file, group.site.line, group.site.function,
                              std::move(group.type), std::move(group.tag), group.kind, group.count,
                              group.bytes,
                              snapshot.frame - std::min(snapshot.frame, group.oldest_frame)});
    if (snapshot.sites.size() == Snapshot::kMaxSites) return;
  }
}

template <class Figures, class F>
detail::FigureVisitor<Figures> visitor(F& visit) noexcept {
  return detail::visitor_of<Figures>(visit);
}

}  // namespace

// Here rather than in the class: each instantiates that of every vector and optional.
Snapshot::Snapshot() = default;
Snapshot::Snapshot(const Snapshot& other) = default;
Snapshot::Snapshot(Snapshot&& other) noexcept = default;
Snapshot& Snapshot::operator=(const Snapshot& other) = default;
Snapshot& Snapshot::operator=(Snapshot&& other) noexcept = default;
Snapshot::~Snapshot() = default;

Snapshot::Snapshot(std::uint64_t frame_number)
    : unix_seconds(std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count()),
      frame(frame_number),
      process_id(os::process_id()),
      process_name(os::process_name()) {}

Snapshot& Snapshot::with_promotions(const FrameSummary& promoted) {
  promotions.to_pool = promoted.promoted_pool_count;
  promotions.to_heap = promoted.promoted_heap_count;
  promotions.to_scratch = promoted.promoted_scratch_count;
  promotions.failed = promoted.failed_count;
  return *this;
}

Snapshot& Snapshot::add_thread(SnapshotThread thread) {
  threads.push_back(std::move(thread));
  return *this;
}

Snapshot& Snapshot::add_tag(SnapshotTag tag) {
  tags.push_back(std::move(tag));
  return *this;
}

Snapshot& Snapshot::add_diagnostic(SnapshotDiagnostic diagnostic) {
  diagnostics.push_back(std::move(diagnostic));
  return *this;
}

Snapshot& Snapshot::add_device(SnapshotDevice device) {
  devices.push_back(std::move(device));
  return *this;
}

unsigned SnapshotBudget::percent() const noexcept {
  if (limit == 0) return 0;
  const double percent = 100.0 * static_cast<double>(used) / static_cast<double>(limit);
  return static_cast<unsigned>(std::min(percent, 255.0));
}

Snapshot make_snapshot(Instance& instance) {
  Snapshot snapshot(instance.frame_number());
  const AllocStats stats = instance.stats();
  const FrameStats frame = instance.frame_stats();
  const std::size_t frame_bytes = frame.open ? stats.frame_allocated : frame.bytes_allocated;
  const std::size_t total = frame_bytes + stats.pool_allocated + stats.heap_allocated;
  instance.note_peak(total);  // of a frame that is over: it was in use right before its end
  snapshot.summary = {frame_bytes, stats.pool_allocated, stats.heap_allocated, total,
                      std::max(stats.peak_allocated, total)};
  snapshot.reserved_bytes = stats.reserved;
  snapshot.peak_reserved_bytes = stats.peak_reserved;
  snapshot.idle_bytes = stats.idle_bytes;
  snapshot.metadata_bytes = stats.metadata_bytes;
  snapshot.allocation_count = stats.allocation_count;
  snapshot.deallocation_count = stats.deallocation_count;
  const auto add_thread = [&snapshot](const ThreadFigures& figures) {
    snapshot.add_thread(thread_of(figures));
  };
  instance.visit_threads(visitor<ThreadFigures>(add_thread));
  std::ranges::reverse(snapshot.threads);  // oldest first
  const Behavior behavior(instance);
  snapshot.tags.reserve(instance.tags().size());  // most tags have memory of one kind
  const auto add_tag = [&](const TagFigures& tag) {
    const std::size_t in_frame = frame.open ? tag.frame_bytes : tag.last_frame_bytes;
    add_kind(snapshot, behavior, tag, AllocKind::Frame, in_frame, 0);
    add_kind(snapshot, behavior, tag, AllocKind::Pool, tag.pool_bytes, tag.allocation_count);
    add_kind(snapshot, behavior, tag, AllocKind::Heap, tag.heap_bytes, 0);
  };
  instance.visit_tags(visitor<TagFigures>(add_tag));
  behavior.add_to(snapshot);
  for (std::uint32_t id = 0; id < instance.phases().size(); ++id) {
    PhaseStats phase = instance.phases().stats(id);
    if (phase.count != 0) snapshot.phases.push_back(std::move(phase));
  }
  const auto add_budget = [&snapshot](const BudgetFigures& budget) {
    if (budget.soft_limit == 0 && budget.hard_limit == 0) return;
    snapshot.budgets.push_back({std::string(budget.tag), budget.global, budget.soft_limit,
                                budget.hard_limit, budget.current_usage, budget.peak_usage,
                                budget.denials});
  };
  instance.visit_budgets(visitor<BudgetFigures>(add_budget));
  Devices devices(snapshot);
  instance.devices().visit(DeviceFigureVisitor(devices));
  const auto add_pool = [&snapshot](const PoolClassFigures& pool) {
    snapshot.pools.push_back(pool);
  };
  instance.pools().visit_classes(visitor<PoolClassFigures>(add_pool));
  add_sites(snapshot, instance);
  const TransferStats transfers = detail::transfer_stats(instance);
  const std::uint64_t over = transfers.transfers_completed + transfers.transfers_dropped;
  snapshot.transfers.completed_total = transfers.transfers_completed;
  snapshot.transfers.pending =
      transfers.transfers_initiated > over ? transfers.transfers_initiated - over : 0;
  const DeferredStats deferred = instance.pools().deferred_stats();
  snapshot.deferred.queue_depth = deferred.current_depth;
  snapshot.deferred.processed_total = deferred.total_processed;
  return snapshot;
}

}  // namespace framealloc
