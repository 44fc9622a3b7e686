// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/thread_budget.hpp>

#include <framealloc/detail/thread/instance.hpp>

#include <algorithm>

namespace framealloc::detail {

ThreadBudget::ThreadBudget(Instance& instance, ThreadState& state) noexcept
    : instance_(instance), state_(state) {}

void ThreadBudget::set(const ThreadBudgetConfig& config) noexcept {
  config_ = config;
  frame_limit_.set(config.frame_budget);
  pool_limit_.set(config.pool_budget);
  above_pool_budget_ = false;
  first_thread_budget_mark_ = SIZE_MAX;
  if (config.frame_budget != 0) {
    const std::size_t percent = std::min(config.warning_threshold, 100U);
    first_thread_budget_mark_ =
        config.frame_budget / 100 * percent + config.frame_budget % 100 * percent / 100;
  }
  state_.pools().set_limit(config.pool_budget == 0 ? SIZE_MAX : config.pool_budget, this);
  // Blocks that lie ready would be handed out without asking.
  if (config.pool_budget != 0) (void)state_.pools().give_back_ready();
  state_.renew_guards();
}

void ThreadBudget::clear() noexcept {
  if (config_.frame_budget != 0 || config_.pool_budget != 0) {
    set({0, 0, BudgetExceededPolicy::Fail, BudgetExceededPolicy::Fail, 80});
  }
  exceeded_ = warnings_ = denied_ = promoted_ = 0;
}

ThreadBudgetStats ThreadBudget::stats() noexcept {
  ThreadBudgetStats stats;
  const FrameArena& arena = state_.arena();
  const ArenaView view = arena.view();
  stats.frame_used = arena.holds(arena.epoch()) ? view.position : 0;
  stats.frame_peak = arena.history(view.clock).high_water;
  stats.frame_budget = config_.frame_budget;
  stats.pool_used = state_.pools().bytes_in_use();
  stats.pool_budget = config_.pool_budget;
  stats.exceeded_count = exceeded_;
  stats.warnings = warnings_;
  stats.denied = denied_;
  stats.promoted = promoted_;
  return stats;
}

ThreadBudgetAnswer ThreadBudget::ask_frame(std::size_t position, std::size_t size,
                                           std::size_t* mark, const CallSite& site,
                                           bool quiet) noexcept {
  const std::size_t budget = config_.frame_budget;
  if (asking_ || budget == 0) {
    *mark = SIZE_MAX;
    return ThreadBudgetAnswer::Go;
  }
  if (*mark < budget) {  // the warning threshold
    ++warnings_;
    emit(FrameEventKind::BudgetWarning, 0, position, budget);
    *mark = budget;
    if (position <= budget) return ThreadBudgetAnswer::Go;
  }
  const BudgetExceededPolicy policy = config_.frame_exceeded_policy;
  if (size == 0 || (quiet && policy == BudgetExceededPolicy::Fail)) return ThreadBudgetAnswer::Deny;
  const std::size_t used = position > size ? position - size : 0;
  switch (exceeded(AllocKind::Frame, size, used, policy, false, site)) {
    case BudgetDecision::Deny:
      if (!quiet) deny(AllocKind::Frame, size, used, site);
      return ThreadBudgetAnswer::Deny;
    case BudgetDecision::Promote:
      ++promoted_;
      return ThreadBudgetAnswer::Fallback;
    case BudgetDecision::Allow:
      break;
  }
  // Warn and Allow have decided for the whole frame; a handler is asked about every request.
  *mark = policy == BudgetExceededPolicy::Custom ? std::max(position, budget) : SIZE_MAX;
  return ThreadBudgetAnswer::Go;
}

bool ThreadBudget::pass_pool(std::size_t used, std::size_t size, const CallSite& site) noexcept {
  if (asking_) return true;
  // Once per rise: what is in use has to fall below the budget in between.
  const bool quiet = above_pool_budget_ && used >= config_.pool_budget;
  above_pool_budget_ = true;
  const BudgetDecision decision =
      exceeded(AllocKind::Pool, size, used, config_.pool_exceeded_policy, quiet, site);
  if (decision == BudgetDecision::Deny) deny(AllocKind::Pool, size, used, site);
  return decision != BudgetDecision::Deny;
}

BudgetDecision ThreadBudget::exceeded(AllocKind kind, std::size_t size, std::size_t used,
                                      BudgetExceededPolicy policy, bool quiet,
                                      const CallSite& site) noexcept {
  ++exceeded_;
  const std::size_t budget = kind == AllocKind::Frame ? config_.frame_budget : config_.pool_budget;
  const ThreadBudgetEvent event{state_.id(), kind, size, used, budget, policy};
  BudgetDecision decision = BudgetDecision::Deny;
  emit(FrameEventKind::BudgetExceeded, size, used, budget);
  asking_ = true;
  const bool answered = instance_.services().ask_budget_handler(event, &decision);
  asking_ = false;
  switch (policy) {
    case BudgetExceededPolicy::Fail:
      decision = BudgetDecision::Deny;
      break;
    case BudgetExceededPolicy::Warn:
      if (!quiet) report(kind, size, used, false, site);
      decision = BudgetDecision::Allow;
      break;
    case BudgetExceededPolicy::Allow:
      decision = BudgetDecision::Allow;
      break;
    case BudgetExceededPolicy::Promote:
      decision = BudgetDecision::Promote;
      break;
    case BudgetExceededPolicy::Custom:
      if (!answered) decision = BudgetDecision::Deny;
      break;
  }
  return decision;
}

void ThreadBudget::deny(AllocKind kind, std::size_t size, std::size_t used,
                        const CallSite& site) noexcept {
  ++denied_;
  report(kind, size, used, true, site);
}

void ThreadBudget::emit(FrameEventKind kind, std::size_t size, std::size_t used,
                        std::size_t budget) noexcept {
  if (!instance_.events().wants(kind)) return;
  FrameEvent event;
  event.kind = kind;
  event.size = size;
  event.used = used;
  event.limit = budget;
  event.available = budget > used ? budget - used : 0;
  asking_ = true;  // what the listener allocates passes
  instance_.events().emit(event, state_.tag());
  asking_ = false;
}

void ThreadBudget::report(AllocKind kind, std::size_t size, std::size_t used, bool denied,
                          const CallSite& site) noexcept {
  const bool frame = kind == AllocKind::Frame;
  const std::size_t budget = frame ? config_.frame_budget : config_.pool_budget;
  Text<192> text("the ");
  text.append(frame ? "frame" : "pool").append(" budget of thread ").append(state_.id().value);
  text.append(" is ").append_bytes(budget).append(" and ").append_bytes(used);
  text.append(" of it are in use; the request ").append(denied ? "was denied" : "was met");
  instance_.report(Code::FA312, text, state_.tag(), size, budget > used ? budget - used : 0, site);
}

}  // namespace framealloc::detail
