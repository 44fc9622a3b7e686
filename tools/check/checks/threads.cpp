// SPDX-License-Identifier: MIT OR Apache-2.0
// FA201, FA205: frame memory on other threads, and frames that end under them.
#include "checks/findings.hpp"

#include <set>
#include <utility>

namespace fa_check {

void check_threads(const CheckInput& input, std::vector<Finding>& findings) {
  std::set<SiteId> told;
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::ThreadReaches && event.kind != EventKind::ThreadGrows) continue;
    const clang::Stmt* const at = input.places.expression(event.at);
    Finding finding = finding_at(input, 201, at);
    const Loan* const loan = input.solver.loan(event.loan);
    finding.message = event.kind == EventKind::ThreadGrows
                          ? "another thread allocates from what belongs to the arena of this one"
                          : "frame memory reaches a thread that is not known to be done in time";
    if (loan != nullptr) relate(input, finding, loan->made, "frame memory made here");
    relate(input, finding, event.other,
           event.kind == EventKind::ThreadGrows ? "it allocates here" : "the frame ends here");
    findings.push_back(std::move(finding));
    told.insert(event.at);
  }
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::EndWhileRunning || told.count(event.other) != 0) continue;
    const clang::Stmt* const at = input.places.expression(event.at);
    if (!llvm::isa<clang::Expr>(at)) continue;
    Finding finding = finding_at(input, 205, at);
    finding.message = "the frame ends while a thread that allocates in it may run";
    relate(input, finding, event.other, "the thread is started here");
    findings.push_back(std::move(finding));
  }
}

}  // namespace fa_check
