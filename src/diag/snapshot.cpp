// SPDX-License-Identifier: MIT OR Apache-2.0
// Collecting a snapshot.
#include <framealloc/snapshot.hpp>

#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/transfer.hpp>
#include "diag/behavior_filter.hpp"
#include "os/process.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace framealloc {

namespace {

using detail::Instance;
using detail::ThreadState;

std::optional<SnapshotBudget> budget_of(std::size_t limit, std::size_t used) {
  if (limit == 0) return std::nullopt;
  return SnapshotBudget{limit, used};
}

std::string thread_name(const ThreadState& state) {
  const detail::ThreadLifecycle& lifecycle = state.lifecycle;
  const std::lock_guard guard(lifecycle.lock);
  std::string name(lifecycle.name.view());
  if (name.empty()) name.append("thread ").append(std::to_string(state.id().value));
  return name;
}

SnapshotThread thread_of(Instance& instance, ThreadState& state, const FrameStats& frame) {
  SnapshotThread thread;
  thread.id = std::to_string(state.id().value);
  thread.name = thread_name(state);
  const detail::PoolTotals totals = instance.pools().totals_of(state.pools());
  thread.frame_bytes = state.shared_arena().history(2 * frame.frame_number + 1).bytes;
  thread.pool_bytes = totals.pool_bytes;
  thread.heap_bytes = totals.heap_bytes;
  thread.peak_bytes = state.shared_arena().history(0).high_water;
  thread.reserved_bytes = state.arena_reserved();
  thread.budget = budget_of(state.budget().frame_limit(), thread.frame_bytes);
  thread.pool_budget = budget_of(state.budget().pool_limit(), state.pools().bytes_in_use());
  return thread;
}

// What the behaviour filter says, found in the order in which it is asked for: by tag, then kind.
class Behavior {
 public:
  explicit Behavior(const Instance& instance) {
    if (const auto* const filter = detail::behavior_filter_of(instance)) report_ = filter->report();
  }
  void add_to(SnapshotTag& tag) {
    for (std::size_t i = next_; i < report_.stats.size(); ++i) {
      const BehaviorStats& stats = report_.stats[i];
      if (stats.kind != tag.kind || stats.tag != tag.path) continue;
      tag.avg_lifetime_frames = stats.avg_lifetime_frames();
      tag.promotion_rate = stats.promotion_rate();
      next_ = i + 1;
      break;
    }
    for (const BehaviorIssue& issue : report_.issues) {
      if (issue.kind != tag.kind || issue.tag != tag.path) continue;
      tag.diagnostics.emplace_back(code_info(issue.code).id);
    }
  }
  void add_to(Snapshot& snapshot) const {
    for (const BehaviorIssue& issue : report_.issues) {
      snapshot.add_diagnostic({std::string(code_info(issue.code).id), issue.tag, issue.message});
    }
  }

 private:
  BehaviorReport report_;
  std::size_t next_ = 0;
};

void add_kind(Snapshot& snapshot, Behavior& behavior, const TagStats& stats, AllocKind kind,
              std::size_t bytes, std::uint64_t count) {
  if (bytes == 0 && count == 0) return;
  SnapshotTag tag;
  tag.path = stats.tag;
  tag.thread.push_back('*');
  tag.kind = kind;
  tag.alloc_count = count;
  tag.bytes = bytes;
  behavior.add_to(tag);
  snapshot.add_tag(std::move(tag));
}

void add_limit(Snapshot& snapshot, TagBudget&& budget, bool global) {
  if (budget.soft_limit == 0 && budget.hard_limit == 0) return;
  snapshot.budgets.push_back({std::move(budget.name), global, budget.soft_limit, budget.hard_limit,
                              budget.current_usage, budget.peak_usage, budget.denials});
}

}  // namespace

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
  for (ThreadState* s = instance.first_state(); s != nullptr; s = s->next_in_instance) {
    if (s->bound()) snapshot.add_thread(thread_of(instance, *s, frame));
  }
  std::ranges::reverse(snapshot.threads);  // oldest first
  Behavior behavior(instance);
  for (std::size_t i = 0; i < instance.tags().size(); ++i) {
    const TagStats tag = instance.tag_stats(static_cast<TagId>(i));
    const std::size_t in_frame = frame.open ? tag.frame_bytes : tag.last_frame_bytes;
    add_kind(snapshot, behavior, tag, AllocKind::Frame, in_frame, 0);
    add_kind(snapshot, behavior, tag, AllocKind::Pool, tag.pool_bytes, tag.allocation_count);
    add_kind(snapshot, behavior, tag, AllocKind::Heap, tag.heap_bytes, 0);
  }
  behavior.add_to(snapshot);
  for (std::uint32_t id = 0; id < instance.phases().size(); ++id) {
    PhaseStats phase = instance.phases().stats(id);
    if (phase.count != 0) snapshot.phases.push_back(std::move(phase));
  }
  if (const BudgetManager* const budgets = instance.budgets()) {
    add_limit(snapshot, budgets->get_global_budget(), true);
    for (TagBudget& budget : budgets->get_all_tag_budgets()) {
      add_limit(snapshot, std::move(budget), false);
    }
  }
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
