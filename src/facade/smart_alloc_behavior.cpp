// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "facade/facade.hpp"

namespace framealloc::detail {

namespace {

BehaviorFilter* behavior_filter(Instance* instance) noexcept {
  Facade* const facade = facade_of(instance);
  if (facade == nullptr) return nullptr;
  return facade->behavior.get(
      [instance] { return instance->metadata().create<BehaviorFilter>(*instance); });
}

void report_no_memory(Instance& instance) noexcept {
  instance.report(Code::FA012, "no memory for the records of the behavior filter", TagId::Untagged,
                  sizeof(TagBehavior) * instance.tags().size(),
                  instance.limited_source().remaining());
}

}  // namespace

BehaviorFilter* find_behavior_filter(const Instance* instance) noexcept {
  Facade* const facade = facade_of(instance);
  return facade == nullptr ? nullptr : facade->behavior.made();
}

bool enable_behavior_filter(Instance* instance) noexcept {
  if (instance == nullptr) return false;
  BehaviorFilter* const filter = behavior_filter(instance);
  if (filter != nullptr && filter->enable()) return true;
  report_no_memory(*instance);
  return false;
}

void disable_behavior_filter(const Instance* instance) noexcept {
  BehaviorFilter* const filter = find_behavior_filter(instance);
  if (filter != nullptr && filter->enabled()) filter->disable();
}

bool behavior_filter_enabled(const Instance* instance) noexcept {
  const BehaviorFilter* const filter = find_behavior_filter(instance);
  return filter != nullptr && filter->enabled();
}

void set_behavior_thresholds(Instance* instance, const BehaviorThresholds& thresholds) noexcept {
  if (instance == nullptr) return;
  BehaviorFilter* const filter = behavior_filter(instance);
  if (filter == nullptr) return report_no_memory(*instance);
  filter->set_thresholds(thresholds);
}

BehaviorThresholds behavior_thresholds(const Instance* instance) noexcept {
  const BehaviorFilter* const filter = find_behavior_filter(instance);
  return filter == nullptr ? BehaviorThresholds{} : filter->thresholds();
}

BehaviorReport behavior_report(const Instance* instance) {
  const BehaviorFilter* const filter = find_behavior_filter(instance);
  return filter == nullptr ? BehaviorReport{} : filter->report();
}

void reset_behavior_stats(const Instance* instance) noexcept {
  if (BehaviorFilter* const filter = find_behavior_filter(instance)) filter->reset();
}

}  // namespace framealloc::detail

namespace framealloc {

bool SmartAlloc::enable_behavior_filter() noexcept {
  return detail::enable_behavior_filter(instance_);
}

void SmartAlloc::disable_behavior_filter() noexcept { detail::disable_behavior_filter(instance_); }

bool SmartAlloc::is_behavior_filter_enabled() const noexcept {
  return detail::behavior_filter_enabled(instance_);
}

void SmartAlloc::set_behavior_thresholds(const BehaviorThresholds& thresholds) noexcept {
  detail::set_behavior_thresholds(instance_, thresholds);
}

BehaviorThresholds SmartAlloc::behavior_thresholds() const noexcept {
  return detail::behavior_thresholds(instance_);
}

BehaviorReport SmartAlloc::behavior_report() const { return detail::behavior_report(instance_); }

void SmartAlloc::reset_behavior_stats() noexcept { detail::reset_behavior_stats(instance_); }

}  // namespace framealloc
