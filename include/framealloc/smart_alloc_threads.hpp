// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that are about threads. SmartAlloc inherits them.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/deferred.hpp>
#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/frame_barrier.hpp>
#include <framealloc/thread_budget.hpp>
#include <framealloc/transfer.hpp>
#include <framealloc/transfer_handle.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace framealloc::detail {

// `Handle` is SmartAlloc, whose instance() is null when the allocator could not be made.
template <class Handle>
class ThreadMembers {
 public:
  // Effect: every end_frame() from now on expects that the barrier has completed a phase since
  // begin_frame(), and reports FA205 with the names of the missing if not; the barrier's own
  // reports (FA208 time-out, FA209 surplus arrival) come to this allocator. Null takes it away. The
  // barrier may die first; an allocator has one barrier at a time, and a barrier one allocator.
  // Thread contract: the thread that drives frames, while no other thread is at the barrier.
  void set_frame_barrier(FrameBarrier* barrier) noexcept {
    if (Instance* const instance = mine()) instance->services().set_barrier(*instance, barrier);
  }

  // Effect: a T(arguments...) in the pool, to be received by another thread: it outlives the frame,
  // and its address stays the same. Result: a handle of nothing when memory is denied (reported).
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                         \
  template <class T FRAMEALLOC_LIST types>                                                      \
  [[nodiscard]] TransferHandle<T> frame_box_for_transfer(FRAMEALLOC_LIST parameters Here here = \
                                                             CallSite::current()) {             \
    return make_transfer<T>(here.site FRAMEALLOC_LIST arguments);                               \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > kMostSited)
  [[nodiscard]] TransferHandle<T> frame_box_for_transfer(A&&... arguments) {
    return make_transfer<T>(CallSite::of_function(FRAMEALLOC_FUNCTION),
                            std::forward<A>(arguments)...);
  }
  // Result: sums over all threads. Exact once the reader has synchronised with them.
  [[nodiscard]] TransferStats transfer_stats() const noexcept {
    const Instance* const instance = mine();
    return instance == nullptr ? TransferStats{} : detail::transfer_stats(*instance);
  }

  // Effect: says when blocks that other threads freed are taken back, and how many may wait; see
  // DeferredConfig. Without a call, the thread that drives frames takes back every few frames.
  // Thread contract: any thread; frames look after it from their next boundary on.
  void configure_deferred(const DeferredConfig& config) noexcept {
    Instance* const instance = mine();
    if (instance == nullptr) return;
    instance->pools().configure_deferred(config);
    instance->watch_boundaries();
  }
  // Effect: sends what this thread freed for others, and takes back at most `max_count` blocks that
  // others freed for it. When another thread was denied what this one keeps ready, gives that back.
  // Result: how many it took back. Any thread, each for itself.
  std::size_t process_deferred_frees(std::size_t max_count) noexcept {
    Instance* const instance = mine();
    ThreadState* const state = instance == nullptr ? nullptr : instance->find_state();
    if (state == nullptr) return 0;
    state->answer_recall();
    state->pools().flush();
    const std::size_t taken = state->pools().drain(max_count);
    state->pools().tidy_now_and_then();
    return taken;
  }
  // Result: sums over all threads. Exact once the reader has synchronised with them.
  [[nodiscard]] DeferredStats deferred_stats() const noexcept {
    const Instance* const instance = mine();
    return instance == nullptr ? DeferredStats{} : instance->pools().deferred_stats();
  }

  // Effect: the calling thread may hold at most `bytes` in one frame, in its pool; a request beyond
  // is denied (FA312) or met, as `policy` says. 0 takes the budget away. It holds at once, and ends
  // with the thread. A frame's budget is whole again when the next frame begins; the pool's counts
  // blocks that the thread allocated and nobody has freed, and of those that are too large for a
  // page only the request itself. Costs nothing until it is reached.
  void set_thread_frame_budget(std::size_t bytes,
                               BudgetExceededPolicy policy = BudgetExceededPolicy::Fail) noexcept {
    change_budget([&](ThreadBudgetConfig& config) {
      config.frame_budget = bytes;
      config.frame_exceeded_policy = policy;
    });
  }
  void set_thread_pool_budget(std::size_t bytes,
                              BudgetExceededPolicy policy = BudgetExceededPolicy::Fail) noexcept {
    change_budget([&](ThreadBudgetConfig& config) {
      config.pool_budget = bytes;
      config.pool_exceeded_policy = policy;
    });
  }
  // The same for both, with the warning threshold.
  void set_thread_budget(const ThreadBudgetConfig& wanted) noexcept {
    change_budget([&](ThreadBudgetConfig& config) { config = wanted; });
  }
  [[nodiscard]] ThreadBudgetStats thread_budget_stats() const noexcept {
    Instance* const instance = mine();
    ThreadState* const state = instance == nullptr ? nullptr : instance->find_state();
    return state == nullptr ? ThreadBudgetStats{} : state->budget().stats();
  }
  // Effect: `handler` is called for every request that a thread's budget has no room for, on that
  // thread; with BudgetExceededPolicy::Custom it decides. One handler for all threads; null = none.
  void on_budget_exceeded(ThreadBudgetHandler handler, void* context) noexcept {
    if (Instance* const instance = mine())
      instance->services().set_budget_handler(handler, context);
  }
  // The same with any callable: it takes a ThreadBudgetEvent and returns a BudgetDecision or
  // nothing (which denies). It is kept until the allocator ends. Result: false when there is no
  // memory for it.
  template <class F>
    requires std::invocable<std::decay_t<F>&, const ThreadBudgetEvent&>
  bool on_budget_exceeded(F&& function) {
    Instance* const instance = mine();
    if (instance == nullptr) return false;
    using Handler = KeptHandler<std::decay_t<F>>;
    Handler* const kept = instance->metadata().template create<Handler>(std::forward<F>(function));
    if (kept == nullptr) return false;
    instance->services().keep(kept);
    instance->services().set_budget_handler(&Handler::call, kept);
    return true;
  }

 protected:
  ThreadMembers() = default;
  ~ThreadMembers() = default;
  ThreadMembers(const ThreadMembers&) = default;
  ThreadMembers& operator=(const ThreadMembers&) = default;

 private:
  template <class T, class... A>
  [[nodiscard]] TransferHandle<T> make_transfer(const CallSite& site, A&&... arguments) {
    Instance* const instance = mine();
    if (instance == nullptr) return {};
    return TransferHandle<T>(*instance,
                             PoolBox<T>::make_at(*instance, site, std::forward<A>(arguments)...));
  }
  template <class F>
  struct KeptHandler : ThreadServices::Kept {
    explicit KeptHandler(F f) : function(std::move(f)) {
      this->destroy = [](Instance& instance, ThreadServices::Kept* self) noexcept {
        instance.metadata().destroy(static_cast<KeptHandler*>(self));
      };
    }
    static BudgetDecision call(const ThreadBudgetEvent& event, void* self) {
      F& function = static_cast<KeptHandler*>(self)->function;
      if constexpr (std::convertible_to<decltype(function(event)), BudgetDecision>) {
        return function(event);
      } else {
        function(event);
        return BudgetDecision::Deny;
      }
    }
    F function;
  };
  template <class Change>
  void change_budget(Change&& change) noexcept {
    Instance* const instance = mine();
    ThreadState* const state = instance == nullptr ? nullptr : instance->state();
    if (state == nullptr) return;
    ThreadBudgetConfig config = state->budget().config();
    change(config);
    state->budget().set(config);
  }
  [[nodiscard]] Instance* mine() const noexcept {
    return static_cast<const Handle*>(this)->instance();
  }
};

}  // namespace framealloc::detail
