// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that say what is held.
#include <framealloc/framealloc.hpp>

#include "facade/facade.hpp"

namespace framealloc {

AllocStats SmartAlloc::stats() const noexcept {
  return instance_ == nullptr ? AllocStats{} : instance_->stats();
}

FrameStats SmartAlloc::frame_stats() const noexcept {
  return instance_ == nullptr ? FrameStats{} : instance_->frame_stats();
}

TagStats SmartAlloc::tag_stats(std::string_view tag) const {
  return instance_ == nullptr ? TagStats{} : instance_->tag_stats(tag);
}

void SmartAlloc::count_frame_allocations(bool on) noexcept {
  if (instance_ != nullptr) instance_->count_frame_calls(on);
}

std::size_t SmartAlloc::check_guards() noexcept {
  return instance_ == nullptr ? 0 : instance_->pools().check_guards();
}

GuardMode SmartAlloc::guard_mode() const noexcept {
  return instance_ == nullptr ? GuardMode::Off : instance_->config().guard;
}

BudgetManager* SmartAlloc::budgets() const noexcept {
  return instance_ == nullptr ? nullptr : instance_->budgets();
}

LeakReport SmartAlloc::leak_report() const {
  return instance_ == nullptr ? LeakReport{} : make_leak_report(*instance_);
}

Snapshot SmartAlloc::snapshot() const {
  if (instance_ == nullptr) return {};
  Snapshot snapshot = make_snapshot(*instance_);
  // Parts that were never used are not made for this.
  const detail::Facade* const facade = detail::facade_of(instance_);
  if (facade == nullptr) return snapshot;
  if (const HandleAllocator* const handles = facade->handles.made()) {
    snapshot.handles = handles->stats();
  }
  if (const StreamingAllocator* const streaming = facade->streaming.made()) {
    snapshot.streaming = streaming->stats();
  }
  return snapshot;
}

std::size_t SmartAlloc::trim() noexcept {
  return instance_ == nullptr ? 0 : detail::trim_all(*instance_);
}

void SmartAlloc::set_report_handler(ReportHandler handler, void* context) noexcept {
  if (instance_ != nullptr) instance_->sink().set(handler, context);
}

void SmartAlloc::show_tags(detail::FigureVisitor<TagFigures> visit) const {
  if (instance_ != nullptr) instance_->visit_tags(visit);
}

void SmartAlloc::show_threads(detail::FigureVisitor<ThreadFigures> visit) const {
  if (instance_ != nullptr) instance_->visit_threads(visit);
}

void SmartAlloc::show_pools(detail::FigureVisitor<PoolClassFigures> visit) const {
  if (instance_ != nullptr) instance_->pools().visit_classes(visit);
}

void SmartAlloc::show_budgets(detail::FigureVisitor<BudgetFigures> visit) const {
  if (instance_ != nullptr) instance_->visit_budgets(visit);
}

const AllocConfig& SmartAlloc::config() const noexcept {
  static const AllocConfig defaults;
  return instance_ == nullptr ? defaults : instance_->config();
}

std::vector<TagStats> SmartAlloc::all_tag_stats() const {
  std::vector<TagStats> all;
  if (instance_ == nullptr) return all;
  const std::size_t count = instance_->tags().size();
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(instance_->tag_stats(static_cast<TagId>(i)));
  // Children come after their parents, so sums flow upwards in one pass from the end.
  for (std::size_t i = count; i-- > 1;) {
    const TagId parent = instance_->tags().parent(static_cast<TagId>(i));
    all[static_cast<std::size_t>(parent)].subtree_bytes += all[i].subtree_bytes;
  }
  return all;
}

std::vector<PhaseStats> SmartAlloc::phase_stats() const {
  std::vector<PhaseStats> all;
  if (instance_ == nullptr) return all;
  for (std::uint32_t id = 0; id < instance_->phases().size(); ++id) {
    PhaseStats stats = instance_->phases().stats(id);
    if (stats.count != 0) all.push_back(std::move(stats));
  }
  return all;
}

}  // namespace framealloc
