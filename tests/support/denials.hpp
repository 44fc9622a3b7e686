// SPDX-License-Identifier: MIT OR Apache-2.0
// Each request of a piece of work, denied in its turn.
#pragma once

#include <framealloc/budget.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "support/report_log.hpp"

namespace framealloc::testing {

/// Effect: calls `run(budget, log)` with growing budgets: each lets one request pass that the one
/// before denied, since the report of that says how much was missing; until nothing is denied.
/// Requirement: `log` gets the reports of the allocator that the budget is for, and nothing else.
/// Result: how many runs were denied something.
template <class Run>
std::size_t with_each_request_denied(Run&& run) {
  constexpr std::size_t kMost = 10'000;
  std::size_t denied = 0;
  for (std::size_t budget = 1; denied < kMost; ++denied) {
    SCOPED_TRACE(::testing::Message() << "a budget of " << budget << " bytes");
    ReportLog log;
    run(budget, log);
    if (::testing::Test::HasFailure() || log.size() == 0) return denied;
    const ReportLog::Entry first = log.all().front();
    if (first.requested <= first.available) {
      ADD_FAILURE() << "a denial that is none: " << first.message;
      return denied;
    }
    budget += first.requested - first.available;
  }
  ADD_FAILURE() << "denials without an end";
  return denied;
}

/// Lets a library's allocator hook pass its requests through call(), and denies one of them, by a
/// budget of the tag that has no room for the length of that request.
class NthRequest {
 public:
  NthRequest(BudgetManager& budgets, std::string tag, std::uint64_t nth)
      : budgets_(budgets), tag_(std::move(tag)), nth_(nth) {}

  template <class Request>
  auto call(Request&& request) {
    if (++made_ != nth_) return request();
    budgets_.register_tag_budget(tag_, 0, 1);
    auto result = request();
    budgets_.register_tag_budget(tag_, 0, 0);
    return result;
  }
  [[nodiscard]] bool was_made() const noexcept { return made_ >= nth_; }

 private:
  BudgetManager& budgets_;
  std::string tag_;
  std::uint64_t nth_;
  std::uint64_t made_ = 0;
};

}  // namespace framealloc::testing
