// SPDX-License-Identifier: MIT OR Apache-2.0
// FA201-FA205: frame memory on other threads, frames that end under them, and what threads that
// allocate have to do first.
#include "checks/findings.hpp"

#include <set>
#include <utility>

namespace fa_check {
namespace {

bool uses_barriers(const CheckInput& input) {
  return input.bodies.unit_has(Effect::BarrierWaits) || input.bodies.unit_has(Effect::Arrives) ||
         input.bodies.unit_has(Effect::UsesBarrier);
}

void check_barriers(const CheckInput& input, std::set<SiteId>& outside,
                    std::vector<Finding>& findings) {
  if (!uses_barriers(input)) return;
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::StaysOut) continue;
    const auto thread = input.solver.threads().find(event.at);
    if (thread == input.solver.threads().end() || !thread->second.is_made) continue;
    if (!outside.insert(event.at).second) continue;
    Finding finding = finding_at(input, 202, input.places.expression(event.at));
    finding.message = "this thread allocates in the frame, and takes no part in its barrier";
    relate(input, finding, thread->second.issues, "it allocates here");
    findings.push_back(std::move(finding));
  }
}

void check_budgets_of_threads(const CheckInput& input, std::vector<Finding>& findings) {
  if (!input.bodies.uses_budgets()) return;
  for (const auto& [created, thread] : input.solver.threads()) {
    if (!thread.is_made || thread.allocates == 0 || thread.sets_budget) continue;
    Finding finding = finding_at(input, 203, input.places.expression(created));
    finding.message = "this thread allocates without a budget of its own, and others have one";
    relate(input, finding, thread.allocates, "it allocates here");
    findings.push_back(std::move(finding));
  }
}

void check_deferred_frees(const CheckInput& input, std::vector<Finding>& findings) {
  const bool has_frames =
      input.bodies.unit_has(Effect::BeginFrame) || input.bodies.unit_has(Effect::OpenFrame);
  if (!has_frames || input.bodies.unit_has(Effect::ProcessDeferred)) return;
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::ExplicitFrees) continue;
    Finding finding = finding_at(input, 204, input.places.expression(event.at));
    finding.message =
        "blocks that other threads free wait to be taken back, and nothing here calls "
        "process_deferred_frees()";
    findings.push_back(std::move(finding));
  }
}

}  // namespace

void check_threads(const CheckInput& input, std::vector<Finding>& findings) {
  std::set<SiteId> told;  // what starts the thread
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
    if (event.kind == EventKind::ThreadReaches) told.insert(event.into);
  }
  check_barriers(input, told, findings);
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::EndWhileRunning || told.count(event.other) != 0) continue;
    const clang::Stmt* const at = input.places.expression(event.at);
    if (!llvm::isa<clang::Expr>(at)) continue;
    Finding finding = finding_at(input, 205, at);
    finding.message = "the frame ends while a thread that allocates in it may run";
    relate(input, finding, event.other, "the thread is started here");
    findings.push_back(std::move(finding));
  }
  check_budgets_of_threads(input, findings);
  check_deferred_frees(input, findings);
}

}  // namespace fa_check
