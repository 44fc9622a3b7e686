// SPDX-License-Identifier: MIT OR Apache-2.0
// What the facade keeps with an instance: the resources of the standard library, and the allocators
// that all threads share. Made with the allocator and destroyed right before its instance.
#pragma once

#include <framealloc/detail/frame/retention_book.hpp>
#include <framealloc/detail/memory/shared_ledger.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/framealloc.hpp>
#include <framealloc/group_allocator.hpp>
#include <framealloc/handle_allocator.hpp>
#include <framealloc/scratch_registry.hpp>
#include <framealloc/streaming.hpp>
#include "container/pmr_resources.hpp"
#include "diag/behavior_filter.hpp"
#include "diag/event_history.hpp"

#include <atomic>
#include <mutex>

namespace framealloc::detail {

// A part of an allocator that is made when it is first asked for. Thread contract: any thread.
template <class T>
class LazyPart {
 public:
  // Result: the part, made by make() if need be; null when make() gave none.
  template <class Make>
  [[nodiscard]] T* get(Make&& make) noexcept {
    T* part = part_.load(std::memory_order_acquire);
    if (part != nullptr) return part;
    const std::lock_guard guard(making_);
    part = part_.load(std::memory_order_relaxed);
    if (part == nullptr) part_.store(part = make(), std::memory_order_release);
    return part;
  }
  [[nodiscard]] T* made() const noexcept { return part_.load(std::memory_order_acquire); }

 private:
  std::atomic<T*> part_{nullptr};
  SpinLock making_;
};

struct Facade {
  explicit Facade(Instance& owner) noexcept;
  ~Facade();
  Facade(const Facade&) = delete;
  Facade& operator=(const Facade&) = delete;

  Instance& instance;
  PmrResources resources;
  LazyPart<HandleAllocator> handles;
  LazyPart<StreamingAllocator> streaming;
  LazyPart<RetentionBook> retention;
  LazyPart<ScratchRegistry> scratch;
  LazyPart<GroupAllocator> groups;
  LazyPart<BehaviorFilter> behavior;
};

// Result: the facade of the instance; null when there is no instance.
[[nodiscard]] inline Facade* facade_of(const Instance* instance) noexcept {
  return instance == nullptr ? nullptr : static_cast<Facade*>(instance->extension);
}
// What the parts need of their allocator.
[[nodiscard]] AllocatorContext allocator_context(Instance& instance) noexcept;
// What parts without an allocator stand on: a source with no memory, and no report sink. So
// every call on them is defined, and denied. Lives as long as the program.
[[nodiscard]] const AllocatorContext& nowhere() noexcept;

[[nodiscard]] HandleAllocator& handles_of(const Instance* instance) noexcept;
[[nodiscard]] StreamingAllocator& streaming_of(const Instance* instance) noexcept;
[[nodiscard]] GroupAllocator& groups_of(const Instance* instance) noexcept;
[[nodiscard]] ScratchRegistry& scratch_of(const Instance* instance) noexcept;
// Effect: Instance::trim(), after the parts have given back what they do not need. Result: bytes.
std::size_t trim_all(Instance& instance) noexcept;
enum class WhoseFrame : std::uint8_t { Shared, Thread };
[[nodiscard]] PromotionResult end_frame_promoting(Instance* instance, WhoseFrame whose) noexcept;
// Result: null when nothing was ever retained, or there is no memory for it.
[[nodiscard]] RetentionBook* find_retention_book(const Instance* instance) noexcept;
[[nodiscard]] RetentionBook* retention_book(const Instance* instance) noexcept;
// The parts that know no template argument.
[[nodiscard]] bool enable_lifecycle(Instance& instance, std::size_t frames) noexcept;
[[nodiscard]] const EventHistory* history_of(const Instance& instance) noexcept;
[[nodiscard]] LifecycleSummary lifecycle_summary(const Instance& instance);
void report_no_listener(Instance& instance, bool no_memory) noexcept;

// Result: null until it is first asked for.
[[nodiscard]] BehaviorFilter* find_behavior_filter(const Instance* instance) noexcept;
bool enable_behavior_filter(Instance* instance) noexcept;
void disable_behavior_filter(const Instance* instance) noexcept;
[[nodiscard]] bool behavior_filter_enabled(const Instance* instance) noexcept;
void set_behavior_thresholds(Instance* instance, const BehaviorThresholds& thresholds) noexcept;
[[nodiscard]] BehaviorThresholds behavior_thresholds(const Instance* instance) noexcept;
[[nodiscard]] BehaviorReport behavior_report(const Instance* instance);
void reset_behavior_stats(const Instance* instance) noexcept;

}  // namespace framealloc::detail
