// SPDX-License-Identifier: MIT OR Apache-2.0
// Budgets of one thread: bytes of its frame, bytes of its pool.
#pragma once

#include <framealloc/detail/arena/arena_host.hpp>
#include <framealloc/detail/base/counter.hpp>
#include <framealloc/detail/pool/thread_limit.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/lifecycle_event.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace framealloc {

class FrameArena;

/// What happens to a request that exceeds the thread's budget.
enum class BudgetExceededPolicy : std::uint8_t {
  Fail,     ///< null, and FA312
  Warn,     ///< granted; FA312 once per frame (for the pool: once per rise above the budget)
  Allow,    ///< only counted
  Promote,  ///< frame memory: the heap serves the request until the frame ends; pool: as Allow
  Custom,   ///< the handler decides; without one, as Fail
};
enum class BudgetDecision : std::uint8_t { Deny, Allow, Promote };

struct ThreadBudgetConfig {
  std::size_t frame_budget = std::size_t{16} << 20;  ///< bytes of one frame; 0 = none
  std::size_t pool_budget = std::size_t{8} << 20;    ///< bytes held at a time; 0 = none
  BudgetExceededPolicy frame_exceeded_policy = BudgetExceededPolicy::Warn;
  BudgetExceededPolicy pool_exceeded_policy = BudgetExceededPolicy::Warn;
  unsigned warning_threshold =
      80;  ///< percent of the frame budget; see ThreadBudgetStats::warnings

  [[nodiscard]] static ThreadBudgetConfig strict(std::size_t frame_mib,
                                                 std::size_t pool_mib) noexcept {
    return {frame_mib << 20, pool_mib << 20, BudgetExceededPolicy::Fail, BudgetExceededPolicy::Fail,
            90};
  }
  [[nodiscard]] static ThreadBudgetConfig relaxed() noexcept {
    ThreadBudgetConfig config;
    config.frame_exceeded_policy = BudgetExceededPolicy::Allow;
    config.pool_exceeded_policy = BudgetExceededPolicy::Allow;
    config.warning_threshold = 95;
    return config;
  }
};

/// A request that exceeds a thread's budget.
struct ThreadBudgetEvent {
  ThreadId thread;
  AllocKind kind = AllocKind::Frame;  ///< Frame or Pool
  std::size_t requested = 0;          ///< bytes
  std::size_t used = 0;               ///< bytes, without the request
  std::size_t budget = 0;
  BudgetExceededPolicy policy = BudgetExceededPolicy::Fail;
};
/// Called on the thread that has the budget, with no lock held; it may call the allocator. Its
/// result is used with BudgetExceededPolicy::Custom. Must not throw.
using ThreadBudgetHandler = BudgetDecision (*)(const ThreadBudgetEvent& event, void* context);

/// Of the calling thread. A budget of 0 means none.
struct ThreadBudgetStats {
  std::size_t frame_used = 0;  ///< in the open frame
  std::size_t frame_budget = 0;
  std::size_t frame_peak = 0;  ///< most that any frame held
  std::size_t pool_used = 0;   ///< blocks of this thread's pages in use, by any thread
  std::size_t pool_budget = 0;
  std::uint64_t exceeded_count = 0;  ///< requests beyond the budget
  std::uint64_t warnings = 0;        ///< frames that went above the warning threshold
  std::uint64_t denied = 0;
  std::uint64_t promoted = 0;
  [[nodiscard]] unsigned frame_percent() const noexcept {
    return percent(frame_used, frame_budget);
  }
  [[nodiscard]] unsigned pool_percent() const noexcept { return percent(pool_used, pool_budget); }

 private:
  [[nodiscard]] static unsigned percent(std::size_t used, std::size_t budget) noexcept {
    return budget == 0 ? 0 : static_cast<unsigned>(used * 100 / budget);
  }
};

namespace detail {

// Calls a callable that an allocator keeps as its handler.
template <class F>
struct BudgetCall {
  static BudgetDecision call(const ThreadBudgetEvent& event, void* self) {
    F& function = *static_cast<F*>(self);
    if constexpr (std::convertible_to<decltype(function(event)), BudgetDecision>) {
      return function(event);
    } else {
      function(event);
      return BudgetDecision::Deny;
    }
  }
};

class Instance;
class ThreadState;

// One per ThreadState: lives as long as the allocator, so no table of budgets grows while a thread
// uses it. A new owner of the state begins without budgets.
// Thread contract: the owning thread, unless stated otherwise.
class ThreadBudget final : public PoolLimitHost {
 public:
  ThreadBudget(Instance& instance, ThreadState& state) noexcept;

  void set(const ThreadBudgetConfig& config) noexcept;
  [[nodiscard]] const ThreadBudgetConfig& config() const noexcept { return config_; }
  void clear() noexcept;
  [[nodiscard]] ThreadBudgetStats stats() noexcept;
  // Result: bytes, 0 = none. Thread contract: any thread.
  [[nodiscard]] std::size_t frame_limit() const noexcept { return frame_limit_.get(); }
  [[nodiscard]] std::size_t pool_limit() const noexcept { return pool_limit_.get(); }

  // Result: the frame position at which an arena must check the budget; SIZE_MAX = never.
  [[nodiscard]] std::size_t first_thread_budget_mark() const noexcept {
    return first_thread_budget_mark_;
  }
  // Effect: decides about a request that would bring the arena to `position`, and moves `*mark`.
  // `quiet`: the caller can do with less, so a denial is neither reported nor counted.
  [[nodiscard]] ThreadBudgetAnswer ask_frame(std::size_t position, std::size_t size,
                                             std::size_t* mark, const CallSite& site,
                                             bool quiet) noexcept;
  [[nodiscard]] bool pass_pool(std::size_t used, std::size_t size,
                               const CallSite& site) noexcept override;

 private:
  [[nodiscard]] BudgetDecision exceeded(AllocKind kind, std::size_t size, std::size_t used,
                                        BudgetExceededPolicy policy, bool quiet,
                                        const CallSite& site) noexcept;
  void deny(AllocKind kind, std::size_t size, std::size_t used, const CallSite& site) noexcept;
  void emit(FrameEventKind kind, std::size_t size, std::size_t used, std::size_t budget) noexcept;
  void report(AllocKind kind, std::size_t size, std::size_t used, bool denied,
              const CallSite& site) noexcept;

  Instance& instance_;
  ThreadState& state_;
  ThreadBudgetConfig config_{0, 0, BudgetExceededPolicy::Fail, BudgetExceededPolicy::Fail, 80};
  OwnedCounter frame_limit_{}, pool_limit_{};  // of config_, for other threads
  std::size_t first_thread_budget_mark_ = SIZE_MAX;
  bool above_pool_budget_ = false;
  bool asking_ = false;  // the handler runs: its own allocations are not checked
  std::uint64_t exceeded_ = 0, warnings_ = 0, denied_ = 0, promoted_ = 0;
};

}  // namespace detail
}  // namespace framealloc
