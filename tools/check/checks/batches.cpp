// SPDX-License-Identifier: MIT OR Apache-2.0
// FA602: one object is made on every turn of a loop whose turns are known: a batch would serve.
#include "checks/fixes.hpp"
#include "checks/loop_log.hpp"

#include <algorithm>
#include <utility>

namespace fa_check {
namespace {

// Whether the function makes one object.
bool makes_one(const clang::FunctionDecl* maker) {
  if (maker == nullptr || !maker->getDeclName().isIdentifier() || !is_in_framealloc(*maker))
    return false;
  return llvm::is_contained({"frame_alloc", "try_frame_alloc", "frame_new", "frame_box", "alloc"},
                            maker->getName());
}

// Whether the loop is suspended in its turns: each may be of another frame.
bool suspends(const clang::Stmt* statement) {
  if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return false;
  if (llvm::isa<clang::CoawaitExpr, clang::CoyieldExpr>(statement)) return true;
  const auto parts = statement->children();
  return std::any_of(parts.begin(), parts.end(), suspends);
}

}  // namespace

void check_batches(const CheckInput& input, LoopLog& log, const Driving& driving,
                   std::vector<Finding>& findings) {
  std::set<const clang::Stmt*> told;
  // Memory that a coroutine must not make at all is that mistake alone.
  for (const Event& event : input.log.events())
    if (event.kind == EventKind::IssueInCoroutine) told.insert(input.places.expression(event.at));
  for (const Event* event : log.allocations()) {
    const Loan* const loan = input.solver.loan(event->loan);
    const clang::Stmt* const at = input.places.expression(event->at);
    if (!makes_one(loan->maker) || driving.allocations.count(at) != 0) continue;
    const clang::Stmt* inner = nullptr;
    const Turning* const turning = log.own_loop(event->at, inner);
    if (turning == nullptr || !turning->keeps_all() || log.is_small(*turning)) continue;
    if (log.turns(*turning).turns != Turns::Known || suspends(turning->loop->statement)) continue;
    const clang::CFG* const graph =
        turning->loop->function == nullptr ? nullptr : input.bodies.graph(*turning->loop->function);
    if (graph == nullptr || !on_every_turn(*graph, turning->loop->statement, inner)) continue;
    if (!told.insert(at).second) continue;
    Finding finding = finding_at(input, 602, at);
    finding.message = "one object is made on every turn: a batch before the loop would serve";
    if (const auto* call = llvm::dyn_cast<clang::CallExpr>(at))
      finding.fix = batch_before_loop(input, *turning, log.turns(*turning), *call);
    SiteId loop = input.places.site(turning->loop->statement, turning->chain);
    relate(input, finding, loop, "the turns of this loop are known when it begins");
    findings.push_back(std::move(finding));
  }
}

}  // namespace fa_check
