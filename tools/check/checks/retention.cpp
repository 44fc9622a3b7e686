// SPDX-License-Identifier: MIT OR Apache-2.0
// FA604: an object is retained to be promoted, and the frame's end promotes nothing.
#include "checks/findings.hpp"

#include <set>
#include <utility>

namespace fa_check {
namespace {

enum class End { Plain, Promotes, Unknown };

End end_of(const clang::Stmt* at) {
  const auto* const call = llvm::dyn_cast<clang::CallExpr>(at);
  if (call == nullptr) return End::Plain;  // of a guard
  const clang::FunctionDecl* const function = call->getDirectCallee();
  if (function == nullptr || !is_in_framealloc(*function) ||
      !function->getDeclName().isIdentifier())
    return End::Unknown;
  return function->getName() == "end_frame" || function->getName() == "end_thread_frame"
             ? End::Plain
             : End::Promotes;
}

}  // namespace

bool promotes_at(const clang::Stmt* end) { return end_of(end) == End::Promotes; }

void check_retention(const CheckInput& input, std::vector<Finding>& findings) {
  SiteId plain = 0;
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::FrameEnds) continue;
    // One that promotes, or one that nobody sees into, is enough.
    if (end_of(input.places.expression(event.at)) != End::Plain) return;
    if (plain == 0) plain = event.at;
  }
  if (plain == 0) return;
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::Issue) continue;
    const Loan* const loan = input.solver.loan(event.loan);
    if (loan == nullptr || !loan->retained || !loan->promotes) continue;
    Finding finding = finding_at(input, 604, input.places.expression(event.at));
    finding.message =
        "the object is to be promoted, and the frame only ever ends without promotions";
    relate(input, finding, plain, "the frame ends here; end_frame_with_promotions() would keep it");
    findings.push_back(std::move(finding));
  }
}

}  // namespace fa_check
