// SPDX-License-Identifier: MIT OR Apache-2.0
// FA701, FA702: frame memory of coroutines, and frame memory that lives across a suspension.
#include "checks/findings.hpp"

#include <set>
#include <utility>

namespace fa_check {

void check_coroutines(const CheckInput& input, std::vector<Finding>& findings) {
  std::set<PlaceId> suspended;
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::Suspend && event.kind != EventKind::CoroutineArgument) continue;
    const Loan* const loan = input.solver.loan(event.loan);
    if (loan == nullptr || loan->resolved) continue;
    const clang::Stmt* const at = input.places.expression(event.at);
    Finding finding = finding_at(input, 702, at);
    finding.message = event.kind == EventKind::Suspend
                          ? "frame memory lives across this suspension"
                          : "frame memory is given to a coroutine, which may outlive the frame";
    relate(input, finding, loan->made, "frame memory made here");
    if (event.other != event.at) relate(input, finding, event.other, "it is used here");
    findings.push_back(std::move(finding));
    suspended.insert(event.loan);
  }
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::IssueInCoroutine || suspended.count(event.loan) != 0) continue;
    Finding finding = finding_at(input, 701, input.places.expression(event.at));
    finding.message =
        "frame memory is made in a coroutine that opens no frame of its own around it";
    findings.push_back(std::move(finding));
  }
}

}  // namespace fa_check
