// SPDX-License-Identifier: MIT OR Apache-2.0
// FA301: a loop that nothing in sight ends takes frame memory and gives none of it back.
#include "checks/loop_log.hpp"

#include <algorithm>
#include <utility>

namespace fa_check {
namespace {

// Whether the function is a part of the library's own allocators: those make what others take.
bool makes_memory(const CheckInput& input, const clang::FunctionDecl* function) {
  const auto* const method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(function);
  if (method == nullptr || !is_in_framealloc(*method)) return false;
  const Kind kind = input.model.kind_of(type_of(input.context, method->getParent()));
  return kind == Kind::Allocator || kind == Kind::Owner;
}

}  // namespace

void check_unbounded(const CheckInput& input, LoopLog& log, const Driving& driving,
                     std::vector<Finding>& findings) {
  std::set<const clang::Stmt*> told;
  std::set<PlaceId> of_coroutines;  // FA701 speaks of them
  for (const Event& event : input.log.events())
    if (event.kind == EventKind::IssueInCoroutine) of_coroutines.insert(event.loan);
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::Issue && event.kind != EventKind::Grows) continue;
    if (!log.is_frame_memory(event) || of_coroutines.count(event.loan) != 0) continue;
    const std::vector<Turning*> around = log.around(event.at);
    const auto open = std::find_if(around.begin(), around.end(), [&](const Turning* each) {
      return log.turns(*each).turns == Turns::Open;
    });
    if (open == around.end() || !(*open)->keeps_all()) continue;
    const clang::Stmt* const loop = (*open)->loop->statement;
    if (makes_memory(input, (*open)->loop->function)) continue;
    if (driving.loops.count(loop) != 0 || !told.insert(loop).second) continue;
    Finding finding = finding_at(input, 301, loop);
    finding.message = "this loop takes frame memory on its turns, and nothing in sight bounds them";
    relate(input, finding, event.at, "frame memory made here");
    findings.push_back(std::move(finding));
  }
}

}  // namespace fa_check
