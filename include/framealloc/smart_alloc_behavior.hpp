// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that find memory whose use does not fit its kind. SmartAlloc inherits
// them.
#pragma once

#include <framealloc/behavior.hpp>
#include <framealloc/compiler.hpp>

namespace framealloc::detail {

class BehaviorFilter;
class Instance;

// Result: null when nobody asked for it yet.
[[nodiscard]] FRAMEALLOC_API BehaviorFilter* find_behavior_filter(
    const Instance* instance) noexcept;
FRAMEALLOC_API bool enable_behavior_filter(Instance* instance) noexcept;
FRAMEALLOC_API void disable_behavior_filter(const Instance* instance) noexcept;
[[nodiscard]] FRAMEALLOC_API bool behavior_filter_enabled(const Instance* instance) noexcept;
FRAMEALLOC_API void set_behavior_thresholds(Instance* instance,
                                            const BehaviorThresholds& thresholds) noexcept;
[[nodiscard]] FRAMEALLOC_API BehaviorThresholds
behavior_thresholds(const Instance* instance) noexcept;
[[nodiscard]] FRAMEALLOC_API BehaviorReport behavior_report(const Instance* instance);
FRAMEALLOC_API void reset_behavior_stats(const Instance* instance) noexcept;

// `Handle` is SmartAlloc, whose instance() is null when the allocator could not be made; then
// nothing has an effect.
template <class Handle>
class BehaviorMembers {
 public:
  // Effect: from now on all counters are read when a shared frame has ended, and what breaks a rule
  // is reported (FA501 to FA530), once until it has gone and come back. Frames then begin and end
  // the long way; allocating and freeing stay as they are. Off it costs nothing. Enabled again
  // after disable_behavior_filter(), it begins anew. Result: false when there is no memory for it
  // (FA012). Thread contract: the thread that drives frames.
  bool enable_behavior_filter() noexcept { return detail::enable_behavior_filter(mine()); }
  // Effect: nothing is read any more; what was found stays readable. The driving thread.
  void disable_behavior_filter() noexcept { detail::disable_behavior_filter(mine()); }
  [[nodiscard]] bool is_behavior_filter_enabled() const noexcept {
    return detail::behavior_filter_enabled(mine());
  }
  // Effect: from now on these decide what is an issue. Any thread.
  void set_behavior_thresholds(const BehaviorThresholds& thresholds) noexcept {
    detail::set_behavior_thresholds(mine(), thresholds);
  }
  [[nodiscard]] BehaviorThresholds behavior_thresholds() const noexcept {
    return detail::behavior_thresholds(mine());
  }
  // Result: what breaks a rule now, and the figures of every tag. Any thread.
  [[nodiscard]] BehaviorReport behavior_report() const { return detail::behavior_report(mine()); }
  // Effect: begins anew, whether on or off. The driving thread.
  void reset_behavior_stats() noexcept { detail::reset_behavior_stats(mine()); }

 protected:
  BehaviorMembers() = default;
  ~BehaviorMembers() = default;
  BehaviorMembers(const BehaviorMembers&) = default;
  BehaviorMembers& operator=(const BehaviorMembers&) = default;

 private:
  [[nodiscard]] Instance* mine() const noexcept {
    return static_cast<const Handle*>(this)->instance();
  }
};

}  // namespace framealloc::detail
