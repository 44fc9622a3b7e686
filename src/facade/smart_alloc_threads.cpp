// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that are about threads.
#include <framealloc/framealloc.hpp>

#include <framealloc/detail/thread/instance.hpp>

namespace framealloc {

using detail::Instance;
using detail::ThreadState;

namespace {

template <class Change>
void change_budget(Instance* instance, Change&& change) noexcept {
  ThreadState* const state = instance == nullptr ? nullptr : instance->state();
  if (state == nullptr) return;
  ThreadBudgetConfig config = state->budget().config();
  change(config);
  state->budget().set(config);
}

}  // namespace

void SmartAlloc::set_frame_barrier(FrameBarrier* barrier) noexcept {
  if (Instance* const instance = instance_) instance->services().set_barrier(*instance, barrier);
}

TransferStats SmartAlloc::transfer_stats() const noexcept {
  const Instance* const instance = instance_;
  return instance == nullptr ? TransferStats{} : detail::transfer_stats(*instance);
}

void SmartAlloc::configure_deferred(const DeferredConfig& config) noexcept {
  Instance* const instance = instance_;
  if (instance == nullptr) return;
  instance->pools().configure_deferred(config);
  instance->watch_boundaries();
}

std::size_t SmartAlloc::process_deferred_frees(std::size_t max_count) noexcept {
  Instance* const instance = instance_;
  ThreadState* const state = instance == nullptr ? nullptr : instance->find_state();
  if (state == nullptr) return 0;
  state->answer_recall();
  state->pools().flush();
  const std::size_t taken = state->pools().drain(max_count);
  state->pools().tidy_now_and_then();
  return taken;
}

DeferredStats SmartAlloc::deferred_stats() const noexcept {
  const Instance* const instance = instance_;
  return instance == nullptr ? DeferredStats{} : instance->pools().deferred_stats();
}

void SmartAlloc::set_thread_frame_budget(std::size_t bytes) noexcept {
  set_thread_frame_budget(bytes, BudgetExceededPolicy::Fail);
}

void SmartAlloc::set_thread_frame_budget(std::size_t bytes, BudgetExceededPolicy policy) noexcept {
  change_budget(instance_, [&](ThreadBudgetConfig& config) {
    config.frame_budget = bytes;
    config.frame_exceeded_policy = policy;
  });
}

void SmartAlloc::set_thread_pool_budget(std::size_t bytes) noexcept {
  set_thread_pool_budget(bytes, BudgetExceededPolicy::Fail);
}

void SmartAlloc::set_thread_pool_budget(std::size_t bytes, BudgetExceededPolicy policy) noexcept {
  change_budget(instance_, [&](ThreadBudgetConfig& config) {
    config.pool_budget = bytes;
    config.pool_exceeded_policy = policy;
  });
}

void SmartAlloc::set_thread_budget(const ThreadBudgetConfig& wanted) noexcept {
  change_budget(instance_, [&](ThreadBudgetConfig& config) { config = wanted; });
}

ThreadBudgetStats SmartAlloc::thread_budget_stats() const noexcept {
  Instance* const instance = instance_;
  ThreadState* const state = instance == nullptr ? nullptr : instance->find_state();
  return state == nullptr ? ThreadBudgetStats{} : state->budget().stats();
}

void SmartAlloc::on_budget_exceeded(ThreadBudgetHandler handler, void* context) noexcept {
  if (Instance* const instance = instance_)
    instance->services().set_budget_handler(handler, context);
}

}  // namespace framealloc
